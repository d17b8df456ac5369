import { connectedWorkers } from '../../../shared/queue/connected-workers.ts';
import { queueCounts } from '../../../shared/queue/queue-counts.ts';
import { gauge } from '../../../shared/runtime/metrics.ts';
import type { Job } from '../job.ts';

const jobs = gauge('queue_jobs', 'Wakes in Redis, by queue and BullMQ’s state', ['queue', 'state']);
const workers = gauge('queue_workers', 'Workers that listen to a queue', ['queue']);

/** For the metrics alone. */
export const measureQueues: Job = {
  name: 'measure-queues',
  everyMs: 15_000,
  afterRedis: true,
  async run({ wakes }) {
    for (const [queue, states] of Object.entries(await queueCounts(wakes)))
      for (const [state, count] of Object.entries(states)) jobs.set({ queue, state }, count);
    const connected = await connectedWorkers(wakes.redis, wakes.namespace);
    for (const [queue, count] of Object.entries(connected ?? {})) workers.set({ queue }, count);
  },
};
