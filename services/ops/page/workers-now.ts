import type { Evidence } from '../../../shared/diagnosis/evidence.ts';
import { connectedWorkers } from '../../../shared/queue/connected-workers.ts';
import { withDeadline } from '../../../shared/time/time.ts';
import type { OpsDeps } from '../area.ts';

const REDIS_MS = 1_000;

/** Who listens to which queue, and whether Redis is there to tell: a page does not wait for it. */
export async function workersNow({ redis, namespace }: OpsDeps): Promise<Pick<Evidence, 'redis' | 'workers'>> {
  try {
    const asked = connectedWorkers(redis, namespace);
    return { redis: true, workers: await withDeadline(asked, REDIS_MS, () => new Error('Redis is slow')) };
  } catch {
    return { redis: false, workers: null };
  }
}
