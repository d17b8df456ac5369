import type { UserId } from '../shared/ids/ids.ts';
import { createMatrixHttp } from '../shared/matrix/http.ts';
import { runReconcile } from '../shared/reconcile/run-reconcile.ts';
import { openDatabase } from '../shared/store/postgres.ts';
import type { RunKind } from '../shared/store/reconcile-runs.ts';

/** What one run took: seconds, CPU seconds of the process, and by how much its memory grew at most. */
export type RunCost = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly grownMib: number;
  readonly rooms: number;
  readonly actions: number;
};

/**
 * As a process of its own, so that its memory is that of a reconcile worker: comparisons one after the other, each asked for
 * by a message with its kind. Arguments: homeserver, database, its schema.
 */
const [baseUrl, databaseUrl, namespace] = process.argv.slice(2) as [string, string, string];
const http = createMatrixHttp({ baseUrl, accessToken: 'bench' });
const database = openDatabase(databaseUrl, { namespace, max: 4 });
const self = '@surfaces:bench' as UserId;
let runs = 0;

process.on('message', async (kind: RunKind) => {
  const start = process.memoryUsage.rss();
  let most = start;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  const cpu = process.cpuUsage();
  const done = await runReconcile({ id: `bench-${runs++}`, kind }, { database, http, self, wake: async () => {} });
  clearInterval(watch);
  const { user, system } = process.cpuUsage(cpu);
  const cost: RunCost = {
    seconds: done.ms / 1_000,
    cpuSeconds: (user + system) / 1e6,
    grownMib: (Math.max(most, process.memoryUsage.rss()) - start) / 2 ** 20,
    rooms: done.rooms,
    actions: done.plan.actions.length,
  };
  process.send!(cost);
});
process.once('disconnect', () => process.exit(0));
process.send!('ready');
