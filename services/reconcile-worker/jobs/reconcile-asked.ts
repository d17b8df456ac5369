import { beginRuns, isRunAskedFor } from '../../../shared/store/reconcile-runs.ts';
import { withRunLock } from '../../../shared/store/run-lock.ts';
import { doRun } from '../do-run.ts';
import type { Job } from '../job.ts';

/**
 * Does what somebody has asked for: another job, an operator, a process that died over it. One run at a time over all
 * processes; whoever finds that another one is at work looks again a second later.
 */
export const reconcileAsked: Job = {
  name: 'reconcile-asked',
  everyMs: 1_000,
  afterRedis: false,
  // Of which each room is a sign of life; before the first and behind the last one much is read and mended at once.
  patienceMs: 5 * 60_000,
  async run(context) {
    const { database, openSession, stopping } = context;
    if (!(await isRunAskedFor(database))) return;
    await withRunLock(openSession(), async (lost) => {
      const asked = await beginRuns(database);
      if (asked) await doRun(asked, context, AbortSignal.any([lost, stopping]));
    });
  },
};
