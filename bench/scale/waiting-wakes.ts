import { randomBytes } from 'node:crypto';
import { untilTrue } from '../../e2e/until-true.ts';
import { isUp, type Redis } from '../../shared/queue/redis.ts';
import { openWakes } from '../../shared/queue/wakes.ts';
import { createLog } from '../../shared/runtime/log.ts';
import type { Figure } from '../figures.ts';

const WAKES = 10_000;
/** Of one page of /sync at most, about. */
const AT_ONCE = 100;

/** Memory of Redis for each wake that waits for a worker: one a lane with work, however much work. */
export async function waitingWakes(redisUrl: string): Promise<Figure[]> {
  const wakes = openWakes(redisUrl, `bench_${randomBytes(4).toString('hex')}`, createLog('silent', {}));
  try {
    await untilTrue('Redis', () => isUp(wakes.redis));
    const before = await usedMemory(wakes.redis);
    for (let from = 0; from < WAKES; from += AT_ONCE) {
      const lane = (index: number) => ({ lane: `room/!${'x'.repeat(18)}${from + index}:bench`, queue: 'turns' });
      await wakes.wakeAll(Array.from({ length: AT_ONCE }, (_, index) => lane(index)));
    }
    const waiting = await wakes.queue('turns').getWaitingCount();
    if (waiting !== WAKES) throw new Error(`${waiting} wakes wait, not ${WAKES}`);
    const grown = (await usedMemory(wakes.redis)) - before;
    const group = 'Redis';
    return [{ group, name: 'memory of a wake that waits', value: grown / WAKES, unit: 'bytes' }];
  } finally {
    await wakes.queue('turns').obliterate({ force: true });
    await wakes.close();
  }
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))![1]);
}
