import type { UserId } from '../ids/ids.ts';
import { evalScript, type Redis } from '../queue/redis.ts';
import { withDeadline } from '../time/time.ts';
import { limitKeys } from './limit-keys.ts';

/** What a person has used of their limits just now; what is not limited is not counted. */
export type Usage = {
  /** Starts of the last 60 seconds. */
  readonly turns: number;
  /** Messages that have been given a time at which they may start. */
  readonly planned: number;
  readonly running: number;
  readonly commands: number;
  /** When the message that was asked for may start; null where it is given no time. */
  readonly startsAt: Date | null;
};

const REDIS_MS = 500;

/** KEYS: turns, running, commands. ARGV: an event. */
const USAGE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return {
  redis.call('ZCOUNT', KEYS[1], '(' .. now - 60000, now), redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf'),
  redis.call('ZCOUNT', KEYS[2], '(' .. now, '+inf'), redis.call('ZCOUNT', KEYS[3], '(' .. now - 60000, now),
  redis.call('ZSCORE', KEYS[1], ARGV[1])}`;

/** Null where Redis does not answer within half a second. `event`: a message that may wait for its time. */
export async function usageOf(
  { redis, namespace }: { readonly redis: Redis; readonly namespace: string },
  person: UserId,
  event = '',
): Promise<Usage | null> {
  const { turns, running, commands } = limitKeys(person);
  try {
    const asked = evalScript(redis, namespace, USAGE, [turns, running, commands], [event]);
    const counts = (await withDeadline(asked, REDIS_MS, () => new Error('Redis is slow'))) as (
      | number
      | string
      | null
    )[];
    const [started, planned, runs, commanded] = counts.slice(0, 4).map(Number);
    const startsAt = counts[4] == null ? null : new Date(Number(counts[4]));
    return { turns: started!, planned: planned!, running: runs!, commands: commanded!, startsAt };
  } catch {
    return null;
  }
}
