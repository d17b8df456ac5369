import { gauge } from '../../../shared/runtime/metrics.ts';
import { countOpenQuestions } from '../../../shared/store/questions.ts';
import type { Job } from '../job.ts';

const open = gauge('questions_open', 'Questions that wait for somebody’s answer', ['kind']);

/** For the metrics alone. */
export const countQuestions: Job = {
  name: 'count-open-questions',
  everyMs: 15_000,
  afterRedis: false,
  async run({ database }) {
    for (const [kind, count] of Object.entries(await countOpenQuestions(database))) open.set({ kind }, count);
  },
};
