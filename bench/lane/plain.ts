import { serveWakes } from '../../shared/queue/serve-wakes.ts';
import type { Wakes } from '../../shared/queue/wakes.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { FreshDatabase } from '../../shared/store/fresh-database.ts';
import { perSecond } from './measure.ts';

/** What pgbench -N does: one update, one insert, one commit, over the same client and as many connections. */
const COMMIT = {
  name: 'bench_commit',
  text: `WITH moved AS (UPDATE bench_account SET balance = balance + 1 WHERE id = $1 RETURNING id)
    INSERT INTO bench_history (account) SELECT id FROM moved`,
};
const TABLES = [
  'CREATE TABLE bench_account (id int PRIMARY KEY, balance int NOT NULL DEFAULT 0) WITH (fillfactor = 70)',
  'CREATE TABLE bench_history (account int, at timestamptz NOT NULL DEFAULT now())',
  'INSERT INTO bench_account (id) SELECT generate_series(0, 9999)',
];

/** Commits a second that Postgres makes here for `atOnce` who do nothing else. */
export async function plainCommits(database: FreshDatabase, count: number, atOnce: number): Promise<number> {
  for (const [n, text] of TABLES.entries()) await database.run({ name: `bench_table_${n}`, text });
  return perSecond(count, atOnce, (n) => database.run(COMMIT, [(n * 7919) % 10_000]));
}

/** Jobs a second through a queue of BullMQ with a handler that does nothing: added one by one, then worked off. */
export async function plainQueue(
  wakes: Wakes,
  redisUrl: string,
  namespace: string,
  log: Log,
  count: number,
  atOnce: number,
): Promise<number> {
  const done = Promise.withResolvers<void>();
  let handled = 0;
  const began = performance.now();
  const service = serveWakes({
    redisUrl,
    namespace,
    queue: 'plain',
    concurrency: atOnce,
    log,
    handle: async () => {
      handled += 1;
      if (handled === count) done.resolve();
    },
  });
  await perSecond(count, atOnce, (n) => wakes.queue('plain').add('job', { lane: String(n) }));
  await done.promise;
  const rate = (count / (performance.now() - began)) * 1000;
  await service.close(1_000);
  return rate;
}
