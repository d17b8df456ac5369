import { codeOf, describe } from '../../../shared/errors/surfaces-error.ts';
import { checkPolicy, openRedis, type Redis, untilUp } from '../../../shared/queue/redis.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { bytes } from '../../../shared/texts/formats.ts';
import type { Look } from './check.ts';
import type { Finding } from './finding.ts';

const NAME = 'Redis';
const PATIENCE_MS = 5_000;
/** Of its maxmemory; above it the moment is near in which it takes no work any more. */
const FULL = 0.9;
/** Bull Board and BullMQ warn below it. */
const LEAST = [6, 2] as const;

/** Whether the carrier of work is there, throws nothing away, and takes what is written. */
export const lookAtRedis: Look<'REDIS_URL' | 'SURFACES_ENV'> = async (env) => {
  const quiet = createLog('silent', {});
  const redis = openRedis(env.REDIS_URL, 'producer', quiet);
  let last: unknown;
  redis.on('error', (error) => {
    last = error;
  });
  try {
    await untilUp(redis, PATIENCE_MS);
    return [...infoFindings(await redis.info()), ...(await policyFinding(redis, env.SURFACES_ENV))];
  } catch (error) {
    const why = last === undefined ? describe(error) : `does not answer: ${describe(last)}`;
    const remedy = 'start it, or check REDIS_URL; no message is lost meanwhile';
    return [{ name: NAME, level: 'error', text: why, remedy }];
  } finally {
    redis.disconnect();
  }
};

async function policyFinding(redis: Redis, environment: 'production' | 'development'): Promise<Finding[]> {
  try {
    await checkPolicy(redis, 'production', createLog('silent', {}));
    return [{ name: NAME, level: 'ok', text: 'evicts nothing (maxmemory-policy noeviction)' }];
  } catch (error) {
    if (codeOf(error) !== 'redis_evicts') throw error;
    const remedy = 'set it, and the same in redis.conf:\n$ redis-cli CONFIG SET maxmemory-policy noeviction';
    const level = environment === 'production' ? 'error' : 'warning';
    return [{ name: NAME, level, text: describe(error), remedy }];
  }
}

/** @param info the answer of `INFO`. */
export function infoFindings(info: string): Finding[] {
  const of = (field: string) => new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const version = of('redis_version');
  const used = Number(of('used_memory'));
  const most = Number(of('maxmemory'));
  const kept =
    of('aof_enabled') === '1' ? 'keeps an append-only file' : 'need not keep anything, and has no append-only file';
  const memory = most > 0 ? `${bytes('en', used)} of ${bytes('en', most)} in use` : `${bytes('en', used)} in use`;
  const found: Finding[] = [{ name: NAME, level: 'ok', text: `version ${version}, ${memory}, ${kept}` }];
  const add = (level: Finding['level'], text: string, remedy: string) =>
    found.push({ name: NAME, level, text, remedy });
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]))
    add('error', `version ${version} is too old for BullMQ`, `use Redis ${LEAST.join('.')} or newer`);
  if (most > 0 && used > FULL * most)
    add(
      'warning',
      'its memory is nearly full: then it refuses work',
      'raise maxmemory, or give surfaces a Redis of its own',
    );
  if (of('redis_mode') === 'cluster')
    add(
      'error',
      'is a cluster, which surfaces does not speak to',
      'use a single Redis, or one with Sentinel behind one address',
    );
  if (of('role') === 'slave') add('error', 'is a replica that cannot be written', 'let REDIS_URL name the primary');
  if (of('rdb_last_bgsave_status') === 'err' || of('aof_last_write_status') === 'err')
    add('warning', 'could not write to its disk the last time: it may refuse work', 'look at its log and its disk');
  return found;
}
