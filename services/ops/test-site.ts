import { readEnv } from '../../shared/config/read-env.ts';
import type { Environment } from '../../shared/config/variables.ts';
import type { UserId } from '../../shared/ids/ids.ts';
import { LIMIT_NAMES, limitsOf } from '../../shared/limits/limits.ts';
import type { MatrixHttp } from '../../shared/matrix/http.ts';
import { openControl } from '../../shared/queue/control.ts';
import { untilUp } from '../../shared/queue/redis.ts';
import { openWakes } from '../../shared/queue/wakes.ts';
import { compare } from '../../shared/reconcile/run-reconcile.ts';
import { createLog, type Log } from '../../shared/runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { accessVariables, openAccess } from './access/access.ts';
import type { OpsDeps } from './area.ts';
import { AREAS } from './areas.ts';
import { createSite, type SiteOptions } from './site.ts';

export const PASSWORD = 'correct horse';

/** For tests and benchmarks: the whole site on a record of its own in the Postgres and Redis of the environment, or others, asked by `inject`. */
export async function openTestSite({
  environment = {},
  log = createLog('silent', {}),
  databaseUrl = process.env.DATABASE_URL!,
  redisUrl = process.env.REDIS_URL!,
  homeserver,
  alsoDeps = {},
}: {
  readonly environment?: Environment;
  readonly log?: Log;
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  /** Whose rooms a reconciliation would compare; none is there otherwise. */
  readonly homeserver?: { readonly http: MatrixHttp; readonly self: UserId };
  /** What a test has to be different. */
  readonly alsoDeps?: Partial<OpsDeps>;
} = {}) {
  const database: FreshDatabase = await freshDatabase(4, databaseUrl);
  const { namespace } = database;
  const wakes = openWakes(redisUrl, namespace, log);
  await untilUp(wakes.redis, 5_000);
  const control = openControl(redisUrl, namespace, log, wakes.redis);
  const given = { OPS_USER: 'operator', OPS_PASSWORD: PASSWORD, ...environment };
  const env = readEnv(given, accessVariables(given));
  const options: SiteOptions = {
    access: await openAccess(env, { redis: wakes.redis, database, namespace, log }, { freshMs: 0, lookAgainMs: 50 }),
    deps: {
      database,
      redis: wakes.redis,
      wakes,
      namespace,
      control,
      compare: homeserver ? (kind, signal) => compare(kind, { database, ...homeserver, signal }) : null,
      limits: limitsOf(readEnv({}, LIMIT_NAMES)),
      log,
      ...alsoDeps,
    },
    areas: AREAS,
  };
  const site = await createSite(options);
  /** Everything that is remembered in Redis. */
  const forget = async () => {
    const keys = await wakes.redis.keys(`${namespace}*`);
    if (keys.length > 0) await wakes.redis.del(...keys);
  };
  return {
    site,
    options,
    database,
    wakes,
    control,
    forget,
    /** Of a program that logs in with each request. */
    basic: (password = PASSWORD, name = 'operator') => ({
      authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
    }),
    async close() {
      await site.close();
      await forget();
      await wakes.close();
      await database.drop();
    },
  };
}

export type TestSite = Awaited<ReturnType<typeof openTestSite>>;
