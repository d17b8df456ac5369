import { codeOf, describe } from '../../shared/errors/surfaces-error.ts';
import { counter } from '../../shared/runtime/metrics.ts';
import type { Progress, ProgressLimits } from '../../shared/runtime/progress.ts';
import { sleep } from '../../shared/time/time.ts';
import type { Job, JobContext } from './job.ts';

/** After a failure: soon, but not before the database has had time to come back. */
const RETRY_MS = 2_000;
/** And once more a little after Redis has come back: others may find it later, and what they send till then is lost. */
const AFTER_REDIS_MS = 3_000;
const MISSED = 3;
/** For one run, beside its times: a statement that waits for its 20 s and two more are within it. */
const PATIENCE_MS = 60_000;

const runs = counter('reconcile_jobs_total', 'Runs of the reconcile worker’s jobs', ['job', 'outcome']);

export type Jobs = {
  /** Runs what is to run when Redis has come back: at once, and three seconds later. */
  redisBack(): void;
  /** Resolves when no job runs any more; after `stopping` was aborted. */
  readonly ended: Promise<void>;
};

/** Runs each job for itself, over and over, until `stopping`. A job that fails is logged once for a row of failures. */
export function runJobs(
  jobs: readonly Job[],
  parts: Omit<JobContext, 'moved'>,
  progressOf: (what: string, limits: ProgressLimits) => Progress,
): Jobs {
  const { stopping } = parts;
  let hurry = new AbortController();

  const repeat = async (job: Job) => {
    const progress = progressOf(`job ${job.name}`, limitsOf(job));
    const context = { ...parts, moved: () => progress.moved() };
    let failing = false;
    let hurried = false;
    progress.begun();
    while (!stopping.aborted) {
      const ok = await once(job, context, progress, failing);
      failing = !ok;
      const early = job.afterRedis ? AbortSignal.any([stopping, hurry.signal]) : stopping;
      const pause = ok ? job.everyMs : Math.min(job.everyMs, RETRY_MS);
      hurried = !(await sleep(hurried ? Math.min(pause, AFTER_REDIS_MS) : pause, early));
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

/** A job that has missed several of its times is not ready; one of which nothing is heard for three times as long hangs. */
function limitsOf({ everyMs, patienceMs = PATIENCE_MS }: Job): ProgressLimits {
  const unreadyMs = MISSED * everyMs + patienceMs;
  return { unreadyMs, endMs: 3 * unreadyMs };
}

async function once(job: Job, context: JobContext, progress: Progress, failing: boolean): Promise<boolean> {
  try {
    await job.run(context);
    progress.moved();
    runs.inc({ job: job.name, outcome: 'done' });
    if (failing) context.log.info({ job: job.name }, 'the job works again');
    return true;
  } catch (error) {
    runs.inc({ job: job.name, outcome: 'failed' });
    progress.failed(describe(error));
    if (!failing) context.log.warn({ job: job.name, code: codeOf(error) }, `the job failed: ${describe(error)}`);
    return false;
  }
}
