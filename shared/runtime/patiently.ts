import { untilWorks } from '../errors/until-works.ts';
import type { Readiness } from './health.ts';
import type { Log } from './log.ts';

/** Tries until it works or the role stops; what needs an operator is thrown. Says in `/ready` what it waits for. */
export async function patiently<T>(
  attempt: () => Promise<T>,
  need: string,
  { readiness, stopping, log }: { readonly readiness: Readiness; readonly stopping: AbortSignal; readonly log: Log },
): Promise<T> {
  const value = await untilWorks(attempt, {
    signal: stopping,
    onFailure: ({ code }, why) => {
      readiness.unmet(need, why);
      log.warn({ code, need }, `waiting: ${why}`);
    },
  });
  readiness.met(need);
  return value;
}
