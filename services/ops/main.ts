import { LIMIT_NAMES, limitsOf } from '../../shared/limits/limits.ts';
import { openControl } from '../../shared/queue/control.ts';
import { tellPresence } from '../../shared/queue/presence.ts';
import { onAvailability } from '../../shared/queue/redis.ts';
import { openWakes } from '../../shared/queue/wakes.ts';
import { patiently } from '../../shared/runtime/patiently.ts';
import { runRole } from '../../shared/runtime/role.ts';
import { assertSchema } from '../../shared/store/migrate.ts';
import { needDatabase } from '../../shared/store/need-database.ts';
import { openDatabase } from '../../shared/store/postgres.ts';
import { accessVariables, openAccess } from './access/access.ts';
import { AREAS } from './areas.ts';
import { comparingVariables, openComparing } from './comparing.ts';
import { createSite } from './site.ts';

await runRole({
  name: 'ops',
  variables: [
    'DATABASE_URL',
    'REDIS_URL',
    ...comparingVariables(process.env),
    ...accessVariables(process.env),
    ...LIMIT_NAMES,
  ],
  needs: ['database', 'redis'],
  async start({ env, log, readiness, stopping, onStop, onRequest }) {
    const namespace = env.SURFACES_NAMESPACE;
    const database = openDatabase(env.DATABASE_URL, { namespace, max: 4, applicationName: 'ops' });
    onStop('database', () => database.close());
    const wakes = openWakes(env.REDIS_URL, namespace, log);
    onStop('wakes', () => wakes.close());
    tellPresence({ env, readiness, onStop }, 'ops', wakes.redis);
    onAvailability(wakes.redis, (up) => (up ? readiness.met('redis') : readiness.unmet('redis', 'not connected')));
    const comparing = openComparing(env, database);
    onStop('homeserver', () => comparing.close());
    const control = openControl(env.REDIS_URL, namespace, log, wakes.redis);
    const site = await createSite({
      access: await openAccess(env, { redis: wakes.redis, database, namespace, log }),
      deps: {
        database,
        redis: wakes.redis,
        wakes,
        namespace,
        control,
        compare: comparing.compare,
        limits: limitsOf(env),
        log,
      },
      areas: AREAS,
    });
    onStop('site', () => site.close());
    // Served from the start: the page tells of a database that is away.
    onRequest((request, response) => site.routing(request, response));
    await patiently(() => assertSchema(database), 'database', { log, readiness, stopping });
    void needDatabase(database, { readiness, stopping });
  },
});
