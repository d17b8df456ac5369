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
  async run(context) {
    const { database, openSession, stopping } = context;
    if (!(await isRunAskedFor(database))) return;
    await withRunLock(openSession(), async (lost) => {
      const asked = await beginRuns(database);
      if (asked) await doRun(asked, context, AbortSignal.any([lost, stopping]));
    });
  },
};
