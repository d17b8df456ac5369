import { hostname } from 'node:os';
import { describe, SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { type OldestWaiting, oldestWaiting } from '../../../shared/lane/oldest-waiting.ts';
import { type Backlog, backlog } from '../../../shared/lane/sweep.ts';
import { connectedWorkers } from '../../../shared/queue/connected-workers.ts';
import { type Processes, readProcesses } from '../../../shared/queue/presence.ts';
import { queueCounts } from '../../../shared/queue/queue-counts.ts';
import { TOLD } from '../../../shared/queue/told-metrics.ts';
import { metricValues } from '../../../shared/runtime/metric-values.ts';
import { countPeople } from '../../../shared/store/people.ts';
import { countOpenQuestions } from '../../../shared/store/questions.ts';
import { withDeadline } from '../../../shared/time/time.ts';
import type { OpsDeps } from '../area.ts';

/** Something that the page stands on and that does not answer. */
export type Away = { readonly since: number; readonly problem: string };

/** Everything as it is at one time. What stands on a server that is away is as it was when that answered last, if it ever did. */
export type Look = {
  readonly at: number;
  readonly record?: {
    readonly at: number;
    readonly backlog: Backlog;
    readonly questions: Readonly<Record<string, number>>;
    readonly oldest: OldestWaiting | null;
    readonly people: number;
    readonly chats: number;
  };
  readonly carried?: {
    readonly at: number;
    readonly processes: Processes;
    readonly queues: Readonly<Record<string, Readonly<Record<string, number>>>>;
    /** By queue; null where Redis does not tell. */
    readonly workers: Readonly<Record<string, number>> | null;
  };
  readonly databaseAway?: Away;
  readonly redisAway?: Away;
  /** This process alone, where Redis does not tell of the others. */
  readonly own: Processes;
};

const DATABASE_MS = 2_000;
/** Looks at the same time, or so soon after each other, are one. */
const FRESH_MS = 1_000;

/** Looks at Postgres and Redis, and remembers what they said last. */
export class Lookout {
  readonly #deps: Pick<OpsDeps, 'database' | 'redis' | 'wakes' | 'namespace'>;
  #last: Look | undefined;
  #looking: Promise<Look> | undefined;

  constructor(deps: Pick<OpsDeps, 'database' | 'redis' | 'wakes' | 'namespace'>) {
    this.#deps = deps;
  }

  /** Never rejects; takes two seconds where a server is away, at most. */
  look(): Promise<Look> {
    if (this.#last && Date.now() - this.#last.at < FRESH_MS) return Promise.resolve(this.#last);
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<Look> {
    const before = this.#last;
    const [record, carried] = await Promise.allSettled([this.#record(), this.#carried()]);
    const own = { there: [await ownPresence(before)], vanished: [] };
    this.#last = {
      at: Date.now(),
      own,
      ...(record.status === 'fulfilled'
        ? { record: record.value }
        : {
            ...(before?.record && { record: before.record }),
            databaseAway: away(record.reason, before?.databaseAway),
          }),
      ...(carried.status === 'fulfilled'
        ? { carried: carried.value }
        : { ...(before?.carried && { carried: before.carried }), redisAway: away(carried.reason, before?.redisAway) }),
    };
    return this.#last;
  }

  async #record() {
    const { database } = this.#deps;
    const late = () => new SurfacesError('database_unavailable', 'no answer within two seconds');
    const work = Promise.all([backlog(database.run), countOpenQuestions(database), countPeople(database)]);
    const [waiting, questions, counted] = await withDeadline(work, DATABASE_MS, late);
    const isIdle = waiting.oldestIdleSeconds > 0;
    const oldest = isIdle ? await withDeadline(oldestWaiting(database.run), DATABASE_MS, late) : null;
    return { at: Date.now(), backlog: waiting, questions, ...counted, oldest };
  }

  async #carried() {
    const { redis, wakes, namespace } = this.#deps;
    const processes = await readProcesses(redis, namespace);
    const [queues, workers] = await Promise.all([queueCounts(wakes), connectedWorkers(redis, namespace)]);
    return { at: Date.now(), processes, queues, workers };
  }
}

function away(error: unknown, before: Away | undefined): Away {
  return { since: before?.since ?? Date.now(), problem: describe(error) };
}

/** Of this process: what it last told of itself, with what it knows now. */
async function ownPresence(before: Look | undefined) {
  const [pid, host] = [process.pid, hostname()];
  const told = before?.carried?.processes.there.find((each) => each.pid === pid && each.host === host);
  const metrics = await metricValues(Object.keys(TOLD));
  const unknown = { role: 'ops', instance: '1', host, pid, version: '', revision: 'unknown', started: 0, reasons: [] };
  const idle = { draining: false, lagSeconds: 0, cpuShare: 0, rssBytes: 0 };
  return { ...unknown, ...idle, ...told, at: Date.now(), metrics };
}
