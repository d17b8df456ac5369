import { SurfacesError } from '../errors/surfaces-error.ts';
import { type FreshDatabase, freshDatabase } from '../store/fresh-database.ts';
import { intake, type Page } from './intake.ts';
import type { LaneItem, LaneLog, PendingSend, RunSql, Send } from './lane.ts';
import { LeaseKeeper } from './lease.ts';
import { type LaneOutcome, type RunContext, runLane } from './run-lane.ts';

export type Run = (item: LaneItem<string>, context: RunContext) => Promise<Send[]>;

export const QUIET: LaneLog = { warn() {}, error() {} };

/** For tests: a record of its own, and workers on it whose wakes are only written down. */
export async function testLane() {
  const database: FreshDatabase = await freshDatabase();
  const run: RunSql = (statement, values) => database.run(statement, values);
  let token = '';
  let pages = 0;
  return {
    database,
    sql: run,
    /** Takes in items given as `lane:key` or `lane:key@queue`, in one page; `lane:key<other`: a place kept for another one. */
    async take(items: string[], more: Partial<Page> = {}) {
      pages += 1;
      const result = await intake(run, {
        source: 'test',
        from: token,
        to: `t${pages}`,
        items: items.map((text) => {
          const [, lane, key, queue, keptFor] = /^([^:]+):([^@<]+)(?:@([^<]+))?(?:<(.+))?$/.exec(text)!;
          const kept = keptFor === undefined ? {} : { keptFor };
          return { lane: lane!, key: key!, queue: queue ?? 'turns', body: `body of ${key}`, ...kept };
        }),
        ...more,
      });
      if (result.accepted) token = `t${pages}`;
      return result;
    },
    worker: (options: WorkerOptions = {}) => testWorker(options.sql ?? run, options),
  };
}

export type WorkerOptions = {
  sql?: RunSql;
  name?: string;
  leaseMs?: number;
  run?: Run;
  deliver?: (send: PendingSend, lost: AbortSignal) => Promise<void>;
  onDefect?: (item: LaneItem<string>, error: unknown) => Send[];
};

let workers = 0;

export function testWorker(sql: RunSql, options: WorkerOptions = {}) {
  workers += 1;
  const leases = new LeaseKeeper({
    sql,
    holder: options.name ?? `worker-${workers}`,
    leaseMs: options.leaseMs ?? 2_000,
    log: QUIET,
  });
  const wakes: string[] = [];
  const said: string[] = [];
  const ran: string[] = [];
  return {
    leases,
    wakes,
    said,
    ran,
    go: (lane: string, queue = 'turns'): Promise<LaneOutcome> =>
      runLane<string>({
        lane,
        queue,
        sql,
        leases,
        wake: async (to, on) => void wakes.push(`${to}@${on}`),
        run: (item, context) => {
          ran.push(item.key);
          return (options.run ?? answer)(item, context);
        },
        deliver: options.deliver ?? (async (send) => void said.push(send.op)),
        onDefect: options.onDefect ?? ((item, error) => [{ op: `defect ${item.key}`, body: String(error) }]),
        log: QUIET,
      }),
  };
}

export const answer: Run = async (item) => [{ op: `answer ${item.key}`, body: { text: item.body } }];

export const away = (message = 'away') => new SurfacesError('database_unavailable', message);

/** Waits for a condition, at most `ms`. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
