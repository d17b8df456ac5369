/** Pieces in one round of the event loop: other turns and heartbeats wait for no longer than these take. */
const ROUND = 200;

/**
 * Writes `count` pieces, the first after `first` ms and one every `pace` ms from then on. The times are those of a
 * schedule and not of pauses: what comes late does not make the rest later.
 * @returns at the end, or when the signal aborts; never throws.
 */
export function atPace(
  count: number,
  { first, pace }: { first: number; pace: number },
  signal: AbortSignal,
  write: (index: number) => void,
): Promise<void> {
  const begin = performance.now();
  return new Promise((resolve) => {
    let index = 0;
    let timer: NodeJS.Timeout | undefined;
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const next = () => {
      const now = performance.now();
      // A millisecond early is on time: timers are no finer, and would come a second time for the rest of it.
      const most = Math.min(count, index + ROUND);
      while (index < most && begin + first + index * pace <= now + 0.9) write(index++);
      if (index >= count) finish();
      else timer = setTimeout(next, Math.max(0, begin + first + index * pace - now));
    };
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', finish, { once: true });
    next();
  });
}

/** A pause that a cancelled turn does not wait for. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return atPace(1, { first: ms, pace: 0 }, signal, () => {});
}
