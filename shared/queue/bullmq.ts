import { type ConnectionOptions, DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { Redis } from './redis.ts';

export { DelayedError } from 'bullmq';

/** The whole content of a job: that this lane has work. */
export type WakeJob = { readonly lane: string };
export type WakeQueue = Queue<WakeJob>;
export type WakeWorker = Worker<WakeJob>;

/**
 * A killed worker's wake holds back further wakes of its lane until it is found stalled: after the lock plus one
 * interval, 9 s at most. A false alarm (an event loop that stood still) costs one wake that finds the lane busy.
 */
const LOCK_MS = 6_000;
const STALLED_MS = 3_000;
/** A stall is never the job's fault here; by default the second one would fail it. */
const STALLS = 1_000_000;

/** BullMQ's delayed jobs are sorted by their time and, within a millisecond, by their number. */
const SCORES_A_MS = 0x1000;

/** The one door to BullMQ. Every key begins with the namespace. */
export function openQueue(name: string, redis: Redis, namespace: string): WakeQueue {
  const queue = new Queue<WakeJob>(name, {
    connection: redis as unknown as ConnectionOptions,
    prefix: namespace,
    skipVersionCheck: true,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: { count: 100 }, attempts: 1 },
  });
  queue.on('error', () => {});
  return queue;
}

/** Does not run before `worker.run()`. */
export function openWorker(
  name: string,
  redis: Redis,
  namespace: string,
  concurrency: number,
  process: (job: Job<WakeJob>, token: string) => Promise<unknown>,
): WakeWorker {
  return new Worker<WakeJob>(name, (job, token) => process(job, token!), {
    connection: redis as unknown as ConnectionOptions,
    prefix: namespace,
    concurrency,
    autorun: false,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_MS,
    maxStalledCount: STALLS,
    skipVersionCheck: true,
  });
}

/** The id of the job that a worker would take next; undefined where none waits, or where an operator holds the queue. */
export async function nextWaiting(queue: WakeQueue): Promise<string | undefined> {
  const [[next], isPaused] = await Promise.all([queue.getRanges(['wait'], 0, 0, true), queue.isPaused()]);
  return isPaused ? undefined : next;
}

/** Of a job that was put off: for how long still, by this process's clock; else 0. */
export async function dueInMs(queue: WakeQueue, redis: Redis, id: string): Promise<number> {
  const due = await redis.zscore(queue.toKey('delayed'), id);
  return due === null ? 0 : Number(due) / SCORES_A_MS - Date.now();
}

/** Puts a running job back for a time without using up an attempt; to be thrown by its handler. */
export async function postpone(job: Job<WakeJob>, token: string, ms: number): Promise<DelayedError> {
  await job.moveToDelayed(Date.now() + ms, token);
  return new DelayedError();
}
