import { expect, test } from 'vitest';
import { demoAdapter } from '../demo/demo-adapter.ts';
import { TestHost, TOKEN } from '../test-host.ts';
import { OFFER_RULES } from './offer-rules.ts';
import { RULES } from './rules.ts';
import { runRules } from './run-rules.ts';

/** Long enough that a busy machine answers pings within it, short enough to be waited for. */
const heartbeatMs = 2_000;

test('a host with several agents keeps the rules about them', { timeout: 60_000 }, async () => {
  const agents = [
    { name: 'demo', adapter: demoAdapter },
    { name: 'other', adapter: { ...demoAdapter, agent: { name: 'The other one' } } },
  ];
  await using host = await TestHost.start({ agents, heartbeatMs });
  const outcomes = await runRules(host.url, TOKEN, () => {}, { rules: OFFER_RULES });
  expect(outcomes.map(({ rule, problem, skipped, exempt }) => ({ rule, wrong: problem ?? skipped ?? exempt }))).toEqual(
    OFFER_RULES.map(({ rule }) => ({ rule, wrong: undefined })),
  );
});

test('the reference host keeps every rule', { timeout: 120_000 }, async () => {
  await using host = await TestHost.start({ heartbeatMs });
  const restart = async () => {
    await host.end();
    await host.begin({ heartbeatMs });
  };
  const outcomes = await runRules(host.url, TOKEN, () => {}, { restart });
  expect(outcomes.filter(({ problem, skipped }) => problem || skipped)).toEqual([]);
  expect(outcomes.length).toBe(RULES.length);
});
