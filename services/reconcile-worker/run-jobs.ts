import { codeOf, describe } from '../../shared/errors/surfaces-error.ts';
import { counter } from '../../shared/runtime/metrics.ts';
import { sleep } from '../../shared/time/time.ts';
import type { Job, JobContext } from './job.ts';

/** After a failure: soon, but not before the database has had time to come back. */
const RETRY_MS = 2_000;

const runs = counter('reconcile_jobs_total', 'Runs of the reconcile worker’s jobs', ['job', 'outcome']);

export type Jobs = {
  /** Runs at once what is to run when Redis has come back. */
  redisBack(): void;
  /** Resolves when no job runs any more; after `stopping` was aborted. */
  readonly ended: Promise<void>;
};

/** Runs each job for itself, over and over, until `stopping`. A job that fails is logged once for a row of failures. */
export function runJobs(jobs: readonly Job[], context: JobContext, stopping: AbortSignal): Jobs {
  let hurry = new AbortController();

  const repeat = async (job: Job) => {
    let failing = false;
    while (!stopping.aborted) {
      const ok = await once(job, context, failing);
      failing = !ok;
      const early = job.afterRedis ? AbortSignal.any([stopping, hurry.signal]) : stopping;
      await sleep(ok ? job.everyMs : Math.min(job.everyMs, RETRY_MS), early);
    }
  };
  const ended = Promise.all(jobs.map(repeat)).then(() => {});
  return {
    ended,
    redisBack() {
      hurry.abort();
      hurry = new AbortController();
    },
  };
}

async function once(job: Job, context: JobContext, failing: boolean): Promise<boolean> {
  try {
    await job.run(context);
    runs.inc({ job: job.name, outcome: 'done' });
    if (failing) context.log.info({ job: job.name }, 'the job works again');
    return true;
  } catch (error) {
    runs.inc({ job: job.name, outcome: 'failed' });
    if (!failing) context.log.warn({ job: job.name, code: codeOf(error) }, `the job failed: ${describe(error)}`);
    return false;
  }
}
