import { codeOf, describe, SurfacesError } from '../errors/surfaces-error.ts';
import type { Log } from '../runtime/log.ts';
import { gauge, histogram } from '../runtime/metrics.ts';
import { backoff, sleep } from '../time/time.ts';
import { openWorker, postpone } from './bullmq.ts';
import { isUp, openRedis, type Redis } from './redis.ts';

export type WakeService = {
  /** The connection, for its availability. */
  readonly redis: Redis;
  /** Whether it would run another wake now. */
  hasRoom(): boolean;
  /** Takes no more wakes until it is to again; those that run go on. */
  pause(): void;
  resume(): void;
  /** Takes no more wakes, and waits for the running ones, but not longer than `ms`. */
  close(ms: number): Promise<void>;
};

/** Until another worker takes what a paused one was given. */
const ELSEWHERE_MS = 100;

const waited = histogram('wake_wait_seconds', 'From a wake’s sending to its start', ['queue']);
const running = gauge('wakes_running', 'Wakes being worked on', ['queue']);

/**
 * Hands each wake of a queue to `handle`, up to `concurrency` at once. Where `handle` throws a SurfacesError that will
 * pass, the wake comes again after a back-off, as often as it takes; any other error is logged and the wake is over.
 * Goes on by itself after Redis was away.
 */
export function serveWakes(options: {
  readonly redisUrl: string;
  readonly namespace: string;
  readonly queue: string;
  readonly concurrency: number;
  readonly log: Log;
  /** @param sentAt when the wake was sent, epoch milliseconds. */
  readonly handle: (lane: string, sentAt: number) => Promise<unknown>;
}): WakeService {
  const { queue, log } = options;
  const redis = openRedis(options.redisUrl, 'worker', log);
  let busy = 0;
  let paused = false;
  const worker = openWorker(queue, redis, options.namespace, options.concurrency, async (job, token) => {
    // BullMQ's worker was waiting for a wake when it was paused, and takes the next one all the same.
    if (paused) throw await postpone(job, token, ELSEWHERE_MS);
    waited.observe({ queue }, Math.max(0, Date.now() - job.timestamp) / 1000);
    running.inc({ queue });
    busy += 1;
    try {
      await options.handle(job.data.lane, job.timestamp);
    } catch (error) {
      if (error instanceof SurfacesError && error.disposition !== 'permanent') {
        throw await postpone(job, token, error.retryAfterMs ?? backoff(job.attemptsStarted, 200, 5_000));
      }
      log.error({ err: error, code: codeOf(error), lane: job.data.lane, queue }, `a wake failed: ${describe(error)}`);
    } finally {
      running.dec({ queue });
      busy -= 1;
    }
  });
  // The connection's own log tells of outages; BullMQ repeats each of its errors here.
  worker.on('error', (error) => log.debug({ err: error, queue }, 'BullMQ'));
  worker.run().catch((error) => log.error({ err: error, queue }, 'the queue’s worker ended'));
  return {
    redis,
    hasRoom: () => !paused && busy < options.concurrency,
    pause() {
      paused = true;
      worker.pause(true).catch(() => {});
    },
    resume() {
      paused = false;
      void worker.resume();
    },
    async close(ms) {
      // Nothing runs, and BullMQ would wait for Redis to tell it.
      const atOnce = busy === 0 && !isUp(redis);
      const closing = worker.close(atOnce);
      closing.catch(() => {});
      if (!atOnce && (await Promise.race([closing.then(() => false), sleep(ms)]))) {
        log.warn({ queue, after_ms: ms }, 'wakes still run; they are left to recovery');
        void worker.close(true).catch(() => {});
      }
      redis.disconnect();
    },
  };
}
