import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import { backoff, sleep } from '../time/time.ts';
import type { Readiness } from './health.ts';
import type { Log } from './log.ts';

/** Tries until it works or the role stops; what needs an operator is thrown. Says in `/ready` what it waits for. */
export async function patiently<T>(
  attempt: () => Promise<T>,
  need: string,
  { readiness, stopping, log }: { readonly readiness: Readiness; readonly stopping: AbortSignal; readonly log: Log },
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      const value = await attempt();
      readiness.met(need);
      return value;
    } catch (error) {
      if (!(error instanceof SurfacesError) || error.disposition === 'permanent' || stopping.aborted) throw error;
      readiness.unmet(need, describe(error));
      log.warn({ code: error.code, need }, `waiting: ${describe(error)}`);
      await sleep(error.retryAfterMs ?? backoff(tries, 200, 5_000), stopping);
    }
  }
}
