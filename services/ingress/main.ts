import { LIMIT_NAMES, limitsOf } from '../../shared/limits/limits.ts';
import { botAccount, warnOfDevice } from '../../shared/matrix/bot-account.ts';
import { createMatrixHttp } from '../../shared/matrix/http.ts';
import { openControl } from '../../shared/queue/control.ts';
import { tellPresence } from '../../shared/queue/presence.ts';
import { needRedis } from '../../shared/queue/redis.ts';
import { openWakes } from '../../shared/queue/wakes.ts';
import { patiently } from '../../shared/runtime/patiently.ts';
import { type RoleContext, runRole } from '../../shared/runtime/role.ts';
import { assertSchema } from '../../shared/store/migrate.ts';
import { needDatabase } from '../../shared/store/need-database.ts';
import { openDatabase } from '../../shared/store/postgres.ts';
import { awaitReconciliation } from './await-reconciliation.ts';
import { active } from './ingress-metrics.ts';
import { Leadership } from './leadership.ts';
import { QueueLimit } from './queue-limit.ts';
import { SYNC_MOVES } from './signs-of-life.ts';
import { runSync } from './sync-loop.ts';

const VARIABLES = [
  'DATABASE_URL',
  'REDIS_URL',
  'MATRIX_HOMESERVER_URL',
  'MATRIX_ACCESS_TOKEN',
  'SURFACES_CATCH_UP_MESSAGES',
  'SURFACES_CATCH_UP_AGE',
  ...LIMIT_NAMES,
] as const;
type Context = RoleContext<(typeof VARIABLES)[number]>;

await runRole({ name: 'ingress', variables: VARIABLES, needs: ['database', 'redis', 'sync'], start });

async function start(context: Context): Promise<void> {
  const { env, log, readiness, stopping, onStop, fail } = context;
  const { DATABASE_URL: url, SURFACES_NAMESPACE: namespace, SURFACES_INSTANCE: instance } = env;

  const http = createMatrixHttp({ baseUrl: env.MATRIX_HOMESERVER_URL, accessToken: env.MATRIX_ACCESS_TOKEN });
  onStop('homeserver', () => http.close());
  const database = openDatabase(url, { namespace, max: 2, applicationName: instance });
  onStop('database', () => database.close());
  const wakes = openWakes(env.REDIS_URL, namespace, log);
  onStop('wakes', () => wakes.close());
  tellPresence(context, 'ingress', wakes.redis);
  needRedis(wakes.redis, { readiness, environment: env.SURFACES_ENV, log, fail });
  const control = openControl(env.REDIS_URL, namespace, log, wakes.redis);

  // What is away is waited for while /ready says so: `start` returns, and this goes on.
  const running = (async () => {
    await patiently(() => assertSchema(database), 'database', context);
    void needDatabase(database, { readiness, stopping });
    const account = { production: env.SURFACES_ENV === 'production', warn: warnOfDevice(log) };
    // A standby has done its part when it could take over.
    const bot = await patiently(() => botAccount(http, account), 'sync', context);
    active.set(0);
    const source = `matrix/${bot.userId}`;
    const session = openDatabase(url, { namespace, max: 1, applicationName: `${instance} leadership` });
    const leadership = new Leadership(session, source, log);
    onStop('leadership', () => leadership.close());
    log.info({ bot: bot.userId, device: bot.deviceId }, 'the bot’s account');
    await runSync({
      http,
      sql: database.run,
      self: bot.userId,
      source,
      leadership,
      wake: (list) => wakes.wakeAll(list),
      poke: (lane) => control.publishControl(lane),
      reconciled: (signal) => awaitReconciliation(database, { readiness, log, signal }),
      queueLimit: new QueueLimit(limitsOf(env), database),
      limits: { messages: env.SURFACES_CATCH_UP_MESSAGES, ageMs: env.SURFACES_CATCH_UP_AGE },
      readiness,
      progress: context.progress('sync moves', SYNC_MOVES),
      log,
      stopping,
    });
  })();
  onStop('sync', () => running.catch(() => {}));
  running.catch(fail);
}
