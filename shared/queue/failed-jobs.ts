import { SurfacesError } from '../errors/surfaces-error.ts';
import { withDeadline } from '../time/time.ts';
import { QUEUES, type QueueName } from './queues.ts';
import { isUp } from './redis.ts';
import type { Wakes } from './wakes.ts';

/** A wake that failed. Nothing is lost with it: the sweep finds its lane. */
export type FailedJob = {
  readonly queue: QueueName;
  readonly id: string;
  readonly lane: string;
  readonly reason: string;
  readonly at: Date;
};

/** BullMQ keeps no more of each queue: see openQueue. */
const KEPT = 100;
const DEADLINE_MS = 2_000;

type Queues = Pick<Wakes, 'redis' | 'queue'>;

/** All that are kept, newest first. @throws SurfacesError `redis_unavailable` */
export async function failedJobs({ redis, queue }: Queues): Promise<FailedJob[]> {
  const lists = await asked(redis, () =>
    Promise.all(QUEUES.map(async (name) => ({ name, jobs: await queue(name).getFailed(0, KEPT) }))),
  );
  return lists
    .flatMap(({ name, jobs }) =>
      jobs.flatMap((job) => {
        if (!job?.id) return [];
        const { data, failedReason, finishedOn, timestamp } = job;
        const at = new Date(finishedOn ?? timestamp);
        return [{ queue: name, id: job.id, lane: String(data?.lane ?? ''), reason: failedReason ?? '', at }];
      }),
    )
    .sort((one, other) => other.at.getTime() - one.at.getTime());
}

/** @returns false where it is not among the failed ones any more. @throws SurfacesError `redis_unavailable` */
export async function settleFailedJob(
  { redis, queue }: Queues,
  { queue: name, id }: Pick<FailedJob, 'queue' | 'id'>,
  how: 'retry' | 'discard',
): Promise<boolean> {
  return asked(redis, async () => {
    const job = await queue(name).getJob(id);
    if (!job || !(await job.isFailed())) return false;
    await (how === 'retry' ? job.retry('failed') : job.remove());
    return true;
  });
}

async function asked<T>(redis: Wakes['redis'], ask: () => Promise<T>): Promise<T> {
  if (!isUp(redis)) throw new SurfacesError('redis_unavailable', 'not connected');
  return withDeadline(ask(), DEADLINE_MS, () => new SurfacesError('redis_unavailable', 'Redis does not answer'));
}
