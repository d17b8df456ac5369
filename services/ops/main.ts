import { backlog } from '../../shared/lane/sweep.ts';
import { QUEUES } from '../../shared/queue/queues.ts';
import { onAvailability } from '../../shared/queue/redis.ts';
import { openWakes } from '../../shared/queue/wakes.ts';
import { patiently } from '../../shared/runtime/patiently.ts';
import { runRole } from '../../shared/runtime/role.ts';
import { assertSchema } from '../../shared/store/migrate.ts';
import { countPeople } from '../../shared/store/people.ts';
import { openDatabase } from '../../shared/store/postgres.ts';
import { Sessions } from './sessions.ts';
import { createSite } from './site.ts';

await runRole({
  name: 'ops',
  variables: ['DATABASE_URL', 'REDIS_URL', 'OPS_USER', 'OPS_PASSWORD'],
  needs: ['database', 'redis'],
  async start({ env, log, readiness, stopping, onStop, onRequest }) {
    const database = openDatabase(env.DATABASE_URL, {
      namespace: env.SURFACES_NAMESPACE,
      max: 4,
      applicationName: 'ops',
    });
    onStop('database', () => database.close());
    await patiently(() => assertSchema(database), 'database', { log, readiness, stopping });
    const wakes = openWakes(env.REDIS_URL, env.SURFACES_NAMESPACE, log);
    onStop('wakes', () => wakes.close());
    onAvailability(wakes.redis, (up) => (up ? readiness.met('redis') : readiness.unmet('redis', 'not connected')));
    const site = await createSite({
      sessions: new Sessions(wakes.redis, env.SURFACES_NAMESPACE, env.OPS_USER, env.OPS_PASSWORD),
      queues: QUEUES.map((name) => wakes.queue(name)),
      overview: async () => ({ backlog: await backlog(database.run), ...(await countPeople(database)) }),
    });
    onStop('site', () => site.close());
    onRequest((request, response) => site.routing(request, response));
  },
});
