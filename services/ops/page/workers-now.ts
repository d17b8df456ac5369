import { gatherWorkers, type WorkerEvidence } from '../../../shared/diagnosis/gather-workers.ts';
import { withDeadline } from '../../../shared/time/time.ts';
import type { OpsDeps } from '../area.ts';

const REDIS_MS = 1_000;

/** Who listens to which queue, and whether Redis is there to tell: a page does not wait for it. */
export async function workersNow({ redis, namespace }: OpsDeps): Promise<WorkerEvidence> {
  try {
    return await withDeadline(gatherWorkers(redis, namespace), REDIS_MS, () => new Error('Redis is slow'));
  } catch {
    return { redis: false, workers: null };
  }
}
