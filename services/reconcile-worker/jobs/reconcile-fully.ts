import { askUnlessAsked, lastRun } from '../../../shared/store/reconcile-runs.ts';
import { tellFinished } from '../finished-at.ts';
import type { Job } from '../job.ts';
import { lastNight } from '../last-night.ts';

/** What was compared so shortly before the start need not be compared again: a role that ends over and over costs no more. */
const FRESH_MS = 10 * 60_000;
const STARTED = Date.now();

/** A full run at the start and each night; one that fails is asked for again until one comes to its end. */
export const reconcileFully: Job = {
  name: 'reconcile-fully',
  everyMs: 30_000,
  afterRedis: false,
  async run({ database }) {
    const due = Math.max(STARTED - FRESH_MS, lastNight(new Date()).getTime());
    const last = await lastRun(database, ['full']);
    tellFinished('full', last);
    if (!last || last.getTime() < due) await askUnlessAsked(database, 'full');
  },
};
