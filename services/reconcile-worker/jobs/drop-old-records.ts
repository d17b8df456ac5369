import { forget } from '../../../shared/lane/retention.ts';
import { counter } from '../../../shared/runtime/metrics.ts';
import { forgetFilesIn } from '../../../shared/store/files-in.ts';
import { forgetFilesOut } from '../../../shared/store/files-out.ts';
import { forgetLiveMessages } from '../../../shared/store/live-messages.ts';
import { forgetQuestions } from '../../../shared/store/questions.ts';
import { forgetRuns } from '../../../shared/store/reconcile-runs.ts';
import type { Job } from '../job.ts';

const KEEP_DAYS = 30;
const dropped = counter('records_dropped_total', 'Rows of the record that were old and done with', ['table']);

/** Items that are done, sends that were made, amendments and rejects: after 30 days nobody asks for them. */
export const dropOldRecords: Job = {
  name: 'drop-old-records',
  everyMs: 3_600_000,
  afterRedis: false,
  async run({ database, log }) {
    const rows = {
      ...(await forget(database.run, KEEP_DAYS)),
      live_message: await forgetLiveMessages(database, KEEP_DAYS),
      file_in: await forgetFilesIn(database, KEEP_DAYS),
      file_out: await forgetFilesOut(database, KEEP_DAYS),
      question: await forgetQuestions(database, KEEP_DAYS),
      reconcile_run: await forgetRuns(database, KEEP_DAYS),
    };
    for (const [table, count] of Object.entries(rows)) dropped.inc({ table }, count);
    const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
    if (all > 0) log.info(rows, 'old records dropped');
  },
};
