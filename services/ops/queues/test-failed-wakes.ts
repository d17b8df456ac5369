import { until } from '../../../shared/lane/test-lane.ts';
import { openWorker } from '../../../shared/queue/bullmq.ts';
import { openRedis } from '../../../shared/queue/redis.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import type { TestSite } from '../test-site.ts';

/** For tests: jobs of the queue `turns` that a worker has failed, which ours never does. @returns their ids. */
export async function failedWakes({ wakes, database }: TestSite, rooms: readonly string[]): Promise<string[]> {
  const redis = openRedis(process.env.REDIS_URL!, 'worker', createLog('silent', {}));
  const failing = openWorker('turns', redis, database.namespace, 1, async () => {
    throw new Error('broken');
  });
  void failing.run();
  const queue = wakes.queue('turns');
  await Promise.all(rooms.map((room) => wakes.wake(`room/${room}`, 'turns')));
  await until(async () => (await queue.getFailedCount()) === rooms.length, 'the jobs to fail');
  await failing.close();
  redis.disconnect();
  return (await queue.getFailed()).map(({ id }) => id!);
}
