import { expect, test } from 'vitest';
import { registry } from '../runtime/metrics.ts';
import { createBudget } from './budget.ts';
import { DOUBLING_MS, FIRST_RATE } from './token-bucket.ts';

const value = async (name: string) =>
  Number(new RegExp(`^surfaces_matrix_budget_${name} (.*)$`, 'm').exec(await registry.metrics())?.[1]);

test('after a 429 they tell the hold and the pace, and go on telling while nothing is sent', async () => {
  let now = 1_000_000;
  const run = async () => Promise.reject(new Error('no Redis'));
  const budget = createBudget({ run, key: 'k', rate: 0, now: () => now });
  await budget.take('first');
  expect([await value('rate'), await value('hold_seconds')]).toEqual([0, 0]);
  await budget.limited(4_000);
  expect([await value('rate'), await value('hold_seconds')]).toEqual([FIRST_RATE, 4]);
  now += 4_000 + DOUBLING_MS;
  expect([await value('rate'), await value('hold_seconds')]).toEqual([2 * FIRST_RATE, 0]);
});
