import { askUnlessAsked, lastRun } from '../../../shared/store/reconcile-runs.ts';
import { tellFinished } from '../finished-at.ts';
import type { Job } from '../job.ts';

const EVERY_MS = 5 * 60_000;
const STARTED = Date.now();

/** A light run each five minutes, counted from the last one of any kind and any process, and from the start, which has its own. */
export const reconcileLightly: Job = {
  name: 'reconcile-lightly',
  everyMs: 30_000,
  afterRedis: false,
  async run({ database }) {
    const last = await lastRun(database, ['full', 'light']);
    tellFinished('light', last);
    if (Date.now() - Math.max(STARTED, last?.getTime() ?? 0) >= EVERY_MS) await askUnlessAsked(database, 'light');
  },
};
