import { backoff, sleep } from '../time/time.ts';
import { describe, SurfacesError } from './surfaces-error.ts';

/**
 * Tries until it works, with growing pauses. `onFailure` hears why it did not yet.
 * @throws what trying again does not help against, and the signal's reason once it aborts.
 */
export async function untilWorks<Value>(
  attempt: () => Promise<Value>,
  {
    signal,
    onFailure,
  }: { readonly signal: AbortSignal; readonly onFailure: (error: SurfacesError, why: string) => void },
): Promise<Value> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof SurfacesError) || error.disposition === 'permanent') throw error;
      signal.throwIfAborted();
      onFailure(error, describe(error));
      if (!(await sleep(error.retryAfterMs ?? backoff(tries, 200, 5_000), signal))) throw signal.reason;
    }
  }
}
