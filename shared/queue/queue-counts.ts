import { SurfacesError } from '../errors/surfaces-error.ts';
import { withDeadline } from '../time/time.ts';
import { QUEUES, type QueueName } from './queues.ts';
import { isUp } from './redis.ts';
import type { Wakes } from './wakes.ts';

export const JOB_STATES = ['wait', 'active', 'delayed', 'failed'] as const;

const DEADLINE_MS = 2_000;

/**
 * How many wakes of each queue are in each state.
 * @throws SurfacesError `redis_unavailable`
 */
export async function queueCounts({ redis, queue }: Pick<Wakes, 'redis' | 'queue'>) {
  if (!isUp(redis)) throw new SurfacesError('redis_unavailable', 'not connected');
  const late = () => new SurfacesError('redis_unavailable', 'no answer to a count');
  const counts = QUEUES.map(async (name) => [name, await queue(name).getJobCounts(...JOB_STATES)] as const);
  const known = await withDeadline(Promise.all(counts), DEADLINE_MS, late);
  return Object.fromEntries(known) as Record<QueueName, Record<string, number>>;
}
