import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import type { Redis } from './redis.ts';

const SCAN = 1_000;

/** How many keys are ours: those whose name begins with the namespace and a colon. */
export async function countOwnKeys(redis: Redis, namespace: string): Promise<number> {
  const names = new Set<string>();
  await eachPage(redis, namespace, async (keys) => {
    for (const key of keys) names.add(key);
  });
  return names.size;
}

/**
 * Removes our keys and no others, a thousand at a time. May be repeated, and interrupted: what is left are wakes, which say
 * nothing that is not in the record. @returns how many there were.
 */
export async function removeOwnKeys(redis: Redis, namespace: string): Promise<number> {
  let removed = 0;
  await eachPage(redis, namespace, async (keys) => {
    if (keys.length > 0) removed += await redis.unlink(...keys);
  });
  return removed;
}

/** A namespace is letters, digits and `_`, so that nothing in it is a pattern. SCAN may give a key twice. */
async function eachPage(redis: Redis, namespace: string, use: (keys: string[]) => Promise<void>): Promise<void> {
  let cursor = '0';
  try {
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${namespace}:*`, 'COUNT', SCAN);
      await use(keys);
      cursor = next;
    } while (cursor !== '0');
  } catch (error) {
    throw new SurfacesError('redis_unavailable', `Redis does not answer: ${describe(error)}`, { cause: error });
  }
}
