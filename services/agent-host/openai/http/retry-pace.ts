import { backoff } from '../../../../shared/time/time.ts';
import type { ModelError } from './model-error.ts';

/** How often and how long a request is repeated before the first token of its answer came. All times in ms. */
export type RetryPace = {
  readonly firstMs: number;
  readonly mostMs: number;
  /** Repetitions after an error of the server or the network. */
  readonly times: number;
  /** For a server that is busy or loads its model: the sum of all waits. */
  readonly patienceMs: number;
};

/** A large model takes a minute or two to load from a disk. */
export const RETRY_PACE: RetryPace = { firstMs: 500, mostMs: 15_000, times: 3, patienceMs: 120_000 };

/** @returns how long to wait before the next try, in ms; null where there is to be none. */
export function waitAfter(
  error: ModelError,
  { attempt, waitedMs }: { attempt: number; waitedMs: number },
  pace: RetryPace,
): number | null {
  const own = backoff(attempt, pace.firstMs, pace.mostMs);
  switch (error.kind) {
    case 'busy':
    case 'loading': {
      const wait = Math.max(own, error.retryAfterMs ?? 0);
      return waitedMs + wait <= pace.patienceMs ? wait : null;
    }
    case 'server':
    case 'unreachable':
    case 'broken_off':
      return attempt < pace.times ? own : null;
    default:
      return null;
  }
}
