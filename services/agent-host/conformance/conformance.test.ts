import { expect, test } from 'vitest';
import { TestHost, TOKEN } from '../test-host.ts';
import { RULES, runRules } from './run-rules.ts';

test('the reference host keeps every rule', { timeout: 120_000 }, async () => {
  await using host = await TestHost.start();
  const outcomes = await runRules(host.url, TOKEN, () => {});
  expect(outcomes.filter(({ problem, skipped }) => problem || skipped)).toEqual([]);
  expect(outcomes.length).toBe(RULES.length);
});
