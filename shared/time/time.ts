import { setTimeout as delay } from 'node:timers/promises';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * A duration as people write it (`90`, `10m`, `24h`, `250ms`) in milliseconds; a bare number means seconds.
 * @throws TypeError that says what is understood.
 */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  if (!match) throw new TypeError(`“${text}” is not a duration; write seconds or a unit, such as 90, 10m or 24h`);
  return Math.round(Number(match[1]) * UNITS[(match[2] ?? 's') as keyof typeof UNITS]);
}

/** Sleeps for `ms`, or until the signal aborts; never throws, tells whether the time was slept to its end. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** Rejects with `onLate()` when `work` has not settled within `ms`. The work itself is not cancelled. */
export async function withDeadline<T>(work: Promise<T>, ms: number, onLate: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onLate()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Delays for repeated tries: grows from `first` to `most` milliseconds by doubling, each ± 20 % so that many do not march in step. */
export function backoff(attempt: number, first = 200, most = 10_000): number {
  const base = Math.min(most, first * 2 ** Math.min(attempt, 20));
  return Math.round(base * (0.8 + Math.random() * 0.4));
}
