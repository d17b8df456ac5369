import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { readEnv } from '../../../shared/config/read-env.ts';
import { describe, SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { versions, whoami } from '../../../shared/matrix/account.ts';
import { createMatrixHttp } from '../../../shared/matrix/http.ts';
import { checkPolicy, isUp, openRedis } from '../../../shared/queue/redis.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { assertSchema } from '../../../shared/store/migrate.ts';
import { openDatabase } from '../../../shared/store/postgres.ts';
import { bytes } from '../../../shared/texts/formats.ts';
import { sleep } from '../../../shared/time/time.ts';
import { checkAgents } from './check-agents.ts';
import type { Finding } from './finding.ts';

type Check = { readonly name: string; readonly look: (environment: NodeJS.ProcessEnv) => Promise<readonly Finding[]> };

const quiet = createLog('silent', {});
const PATIENCE_MS = 5_000;

function check(name: string, look: (environment: NodeJS.ProcessEnv) => Promise<Omit<Finding, 'name'>>): Check {
  return { name, look: async (environment) => [{ name, ...(await look(environment)) }] };
}

/** In the order in which things stand on one another. */
export const CHECKS: readonly Check[] = [
  check('Node', async () => ({ level: 'ok', text: process.version })),
  check('Postgres', async (environment) => {
    const env = readEnv(environment, ['DATABASE_URL', 'SURFACES_NAMESPACE']);
    const database = openDatabase(env.DATABASE_URL, {
      namespace: env.SURFACES_NAMESPACE,
      max: 1,
      applicationName: 'doctor',
    });
    try {
      const [row] = await database.run<{ version: string }>({ name: 'doctor_version', text: 'SELECT version()' });
      try {
        await assertSchema(database);
      } catch (error) {
        return { level: 'error', text: describe(error), remedy: 'npm run surfaces -- migrate' };
      }
      return { level: 'ok', text: `${row!.version.split(' ').slice(0, 2).join(' ')}, schema up to date` };
    } finally {
      await database.close();
    }
  }),
  check('Redis', async (environment) => {
    const env = readEnv(environment, ['REDIS_URL']);
    const redis = openRedis(env.REDIS_URL, 'producer', quiet);
    try {
      const deadline = Date.now() + PATIENCE_MS;
      while (!isUp(redis) && Date.now() < deadline) await sleep(50);
      if (!isUp(redis))
        return {
          level: 'error',
          text: 'does not answer',
          remedy: 'start it, or set REDIS_URL; no message is lost meanwhile',
        };
      await checkPolicy(redis, 'production', quiet);
      return { level: 'ok', text: 'answers, evicts nothing' };
    } catch (error) {
      const remedy = 'redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf';
      return { level: 'warning', text: describe(error), remedy };
    } finally {
      redis.disconnect();
    }
  }),
  check('Homeserver', async (environment) => {
    const env = readEnv(environment, ['MATRIX_HOMESERVER_URL', 'MATRIX_ACCESS_TOKEN']);
    const http = createMatrixHttp({ baseUrl: env.MATRIX_HOMESERVER_URL, accessToken: env.MATRIX_ACCESS_TOKEN });
    try {
      const spoken = await versions(http);
      const account = await whoami(http);
      if (account.deviceId === undefined) {
        const remedy =
          'make a token by a login (docs/OPERATIONS.md): without a device a repeated send is a second message';
        return { level: 'warning', text: `${account.userId}, token without a device`, remedy };
      }
      return { level: 'ok', text: `${account.userId}, device ${account.deviceId}, speaks ${spoken.at(-1)}` };
    } catch (error) {
      const wrongToken = error instanceof SurfacesError && error.code === 'matrix_token_invalid';
      const remedy = wrongToken
        ? 'log the bot in once and set MATRIX_ACCESS_TOKEN'
        : 'check MATRIX_HOMESERVER_URL and that the server runs';
      return { level: 'error', text: describe(error), remedy };
    } finally {
      await http.close();
    }
  }),
  { name: 'Agent', look: checkAgents },
  check('Volume', async (environment) => {
    const env = readEnv(environment, ['AGENTS_DIR', 'SURFACES_MAX_FILE_BYTES']);
    try {
      await access(env.AGENTS_DIR, constants.R_OK | constants.W_OK | constants.X_OK);
      const { bavail, bsize } = await statfs(env.AGENTS_DIR);
      const free = bavail * bsize;
      const text = `${env.AGENTS_DIR}, ${bytes('en', free)} free`;
      if (free >= 2 * env.SURFACES_MAX_FILE_BYTES) return { level: 'ok', text };
      return {
        level: 'warning',
        text,
        remedy: 'free some space: files are refused when there is none (docs/FILES.md)',
      };
    } catch (error) {
      const { code = describe(error) } = error as NodeJS.ErrnoException;
      const remedy = 'mount it, and let the bot’s user or group read and write it (docs/FILES.md)';
      return { level: 'error', text: `${env.AGENTS_DIR} cannot be used: ${code}`, remedy };
    }
  }),
];
