import { intake } from '../../shared/lane/intake.ts';
import { LeaseKeeper } from '../../shared/lane/lease.ts';
import { runLane } from '../../shared/lane/run-lane.ts';
import { isUp, type Redis } from '../../shared/queue/redis.ts';
import { serveWakes } from '../../shared/queue/serve-wakes.ts';
import { openWakes, type Wakes } from '../../shared/queue/wakes.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { sleep } from '../../shared/time/time.ts';
import { percentile, perSecond } from './measure.ts';
import { plainCommits, plainQueue } from './plain.ts';

/** Rates are a second; times are milliseconds. */
export type LaneFigures = {
  readonly messages: number;
  readonly commits: number;
  readonly queueJobs: number;
  /** Of its lane: acquire, commit, release. */
  readonly sqlPerMessage: number;
  /** Its share of the one statement of its page, which is ingress's. */
  readonly sqlOfPage: number;
  readonly redisPerMessage: number;
  readonly startP50: number;
  readonly startP95: number;
};

const MESSAGES = 2_000;
const LANES = 200;
/** Connections, and those who commit at once. */
const AT_ONCE = 16;
/** Lanes worked on at once by the one worker; a role has 100. A message is a handful of round trips one after another. */
const SLOTS = 64;
/** An unhurried pace for the time from a wake to its start: nothing waits for a slot. */
const SINGLES = 150;

/** One worker with the lane's whole way but nothing to do and nobody to tell. */
class Bench {
  readonly #database: FreshDatabase;
  readonly #wakes: Wakes;
  pages = 0;
  done = 0;
  readonly starts = new Map<string, number>();

  constructor(database: FreshDatabase, wakes: Wakes) {
    this.#database = database;
    this.#wakes = wakes;
  }

  serve(redisUrl: string, concurrency: number) {
    const log = createLog('silent', {});
    const leases = new LeaseKeeper({ sql: this.#database.run, holder: 'bench', leaseMs: 6_000, log });
    const handle = (lane: string) =>
      runLane({
        lane,
        queue: 'turns',
        sql: this.#database.run,
        leases,
        wake: this.#wakes.wake,
        run: async (item) => {
          this.starts.set(item.key, performance.now());
          return [{ op: `op ${item.key}`, body: { text: 'an answer of the usual length, which nobody is told' } }];
        },
        deliver: async () => {},
        onDefect: () => [],
        log,
      }).then((outcome) => {
        if (outcome === 'done') this.done += 1;
      });
    return serveWakes({ redisUrl, namespace: this.#database.namespace, queue: 'turns', concurrency, log, handle });
  }

  /** Takes in one page and sends its wakes. @returns when they were sent. */
  async take(keys: readonly { key: string; lane: string }[]): Promise<number> {
    const from = this.pages === 0 ? '' : `p${this.pages}`;
    this.pages += 1;
    const items = keys.map(({ key, lane }) => ({ key, lane, queue: 'turns', body: { text: 'a question', key } }));
    const { wakes } = await intake(this.#database.run, { source: 'bench', from, to: `p${this.pages}`, items });
    const now = performance.now();
    await this.#wakes.wakeAll(wakes);
    return now;
  }
}

/** Calls to Redis so far, by its own count: one script is one call, whatever it does inside. */
async function redisCalls(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  const calls = (name: string) => Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(stats)?.[1] ?? 0);
  return calls('evalsha') + calls('eval') + calls('bzpopmin');
}

/** Measures in a schema and under keys of its own; needs an otherwise idle Redis for its count of calls. */
export async function benchLane(databaseUrl: string, redisUrl: string): Promise<LaneFigures> {
  process.env.DATABASE_URL = databaseUrl;
  const database = await freshDatabase(AT_ONCE);
  const log = createLog('error', {});
  const wakes = openWakes(redisUrl, database.namespace, log);
  try {
    while (!isUp(wakes.redis)) await sleep(5);
    const commits = await plainCommits(database, MESSAGES * 2, AT_ONCE);
    const queueJobs = await plainQueue(wakes, redisUrl, database.namespace, log, MESSAGES * 2, AT_ONCE);

    const bench = new Bench(database, wakes);
    const service = bench.serve(redisUrl, SLOTS);
    const waits: number[] = [];
    for (let n = 0; n < SINGLES; n += 1) {
      const sent = await bench.take([{ key: `single ${n}`, lane: `single ${n % 20}` }]);
      while (bench.done <= n) await sleep(1);
      waits.push(bench.starts.get(`single ${n}`)! - sent);
    }

    const [sqlBefore, pagesBefore, redisBefore] = [database.statements, bench.pages, await redisCalls(wakes.redis)];
    const rate = perSecond(1, 1, async () => {
      for (let n = 0; n < MESSAGES; n += 50) {
        await bench.take(
          Array.from({ length: 50 }, (_, at) => ({ key: `many ${n + at}`, lane: `many ${(n + at) % LANES}` })),
        );
      }
      while (bench.done < MESSAGES + SINGLES) await sleep(2);
    });
    const messages = (await rate) * MESSAGES;
    const pages = bench.pages - pagesBefore;
    const sqlPerMessage = (database.statements - sqlBefore - pages) / MESSAGES;
    const redisPerMessage = ((await redisCalls(wakes.redis)) - redisBefore) / MESSAGES;
    await service.close(2_000);
    return {
      messages,
      commits,
      queueJobs,
      sqlPerMessage,
      sqlOfPage: pages / MESSAGES,
      redisPerMessage,
      startP50: percentile(waits, 0.5),
      startP95: percentile(waits, 0.95),
    };
  } finally {
    const keys = await wakes.redis.keys(`${database.namespace}*`).catch(() => []);
    if (keys.length > 0) await wakes.redis.del(...keys).catch(() => {});
    await wakes.close();
    await database.drop();
  }
}
