import type { Readiness } from '../../shared/runtime/health.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { Database } from '../../shared/store/postgres.ts';
import { askForRun, runState } from '../../shared/store/reconcile-runs.ts';
import { sleep } from '../../shared/time/time.ts';

/** Thousands of rooms take seconds; what takes longer is a reconcile worker that is not there, and people wait. */
const MOST_MS = 2 * 60_000;
const LOOK_MS = 200;

/**
 * Has the rooms compared with the record and waits for the end of it, two minutes at most: so that what is handed on finds
 * the rooms, owners and sessions that Matrix knows. How it ended is not asked: it is the same to go on.
 * @throws SurfacesError `database_unavailable`.
 */
export async function awaitReconciliation(
  database: Database,
  {
    readiness,
    log,
    signal,
  }: { readonly readiness: Pick<Readiness, 'unmet'>; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  readiness.unmet('sync', 'waits until the reconcile worker has compared the rooms with the record');
  const began = performance.now();
  const id = await askForRun(database, 'full');
  while (performance.now() - began < MOST_MS) {
    const state = await runState(database, id);
    if (state?.finished) {
      const { failure } = state;
      const fields = { took_ms: Math.round(performance.now() - began), ...(failure !== null && { failure }) };
      if (failure === null) log.info(fields, 'the rooms were compared with the record');
      else log.warn(fields, 'the comparison of the rooms with the record failed: going on without it');
      return;
    }
    if (!(await sleep(LOOK_MS, signal))) return;
  }
  log.warn({ waited_ms: MOST_MS }, 'the rooms were not compared with the record in time: going on without it');
}
