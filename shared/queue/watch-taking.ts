import { setInterval } from 'node:timers';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Progress } from '../runtime/progress.ts';
import { withDeadline } from '../time/time.ts';
import { nextWaiting, type WakeQueue } from './bullmq.ts';
import { isUp, type Redis } from './redis.ts';

/** Of looks, and for the answer to one. */
const LOOK_MS = 5_000;

/**
 * A worker that is well and has room takes a wake within milliseconds, or within BullMQ's ten seconds where a dead one was told
 * of it. A worker that is full, and one for which nothing waits, are idle here.
 */
export const TAKING = { unreadyMs: 20_000, endMs: 60_000 };

/**
 * Watches that wakes which wait are taken: asks which one is next, over a connection that is not the worker's own. The same one
 * as before, while there is room for it, is no progress, whatever the reason: a blocking read that never returns, a loop that
 * ended. @returns ends the watching.
 */
export function watchTaking(
  progress: Pick<Progress, 'begun' | 'idle'>,
  worker: { readonly redis: Redis; readonly queue: WakeQueue; readonly hasRoom: () => boolean },
  lookMs: number = LOOK_MS,
): () => void {
  const { redis, queue, hasRoom } = worker;
  let last: string | undefined;
  let looking = false;

  async function look(): Promise<void> {
    // Of a Redis that is away, its own need tells.
    const next = hasRoom() && isUp(redis) ? await nextWaiting(queue) : undefined;
    if (next === undefined || !hasRoom()) progress.idle();
    else if (next !== last) progress.begun();
    last = next;
  }
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    withDeadline(look(), LOOK_MS, () => new SurfacesError('redis_unavailable', 'no answer'))
      .catch(() => progress.idle())
      .finally(() => {
        looking = false;
      });
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}
