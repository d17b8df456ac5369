import { forget, forgetOld } from '../../../shared/lane/retention.ts';
import { counter } from '../../../shared/runtime/metrics.ts';
import { OLD_FILES_IN } from '../../../shared/store/files-in.ts';
import { OLD_FILES_OUT } from '../../../shared/store/files-out.ts';
import { OLD_FLOODS } from '../../../shared/store/floods.ts';
import { OLD_LIVE_MESSAGES } from '../../../shared/store/live-messages.ts';
import { OLD_TOLD } from '../../../shared/store/people.ts';
import { OLD_QUESTIONS } from '../../../shared/store/questions.ts';
import { OLD_RUNS } from '../../../shared/store/reconcile-runs.ts';
import { OLD_SPENT } from '../../../shared/store/turn-spent.ts';
import type { Job } from '../job.ts';

const BESIDE_ITEMS = [
  ...[OLD_LIVE_MESSAGES, OLD_FILES_IN, OLD_FILES_OUT, OLD_QUESTIONS, OLD_TOLD, OLD_RUNS],
  ...[OLD_FLOODS, OLD_SPENT],
];
const dropped = counter('records_dropped_total', 'Rows of the record that were old and done with', ['table']);

/** Items that are done and all that belongs to them, amendments, rejects: after `keepRecordsMs` nobody asks for them. */
export const dropOldRecords: Job = {
  name: 'drop-old-records',
  everyMs: 3_600_000,
  afterRedis: false,
  async run({ database, keepRecordsMs, stopping, log }) {
    const keeping = { keepMs: keepRecordsMs, signal: stopping };
    const rows = await forget(database.run, keeping);
    // Behind the items, whose rows are looked for by these.
    for (const old of BESIDE_ITEMS) rows[old.table] = await forgetOld(database.run, old, keeping);
    for (const [table, count] of Object.entries(rows)) dropped.inc({ table }, count);
    const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
    if (all > 0) log.info(rows, 'old records dropped');
  },
};
