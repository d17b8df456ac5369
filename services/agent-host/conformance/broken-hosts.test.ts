import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { demoAdapter } from '../demo/demo-adapter.ts';
import { TestHost, TOKEN } from '../test-host.ts';
import type { Frame } from './frame.ts';
import { RULES, selectRules } from './rules.ts';
import { runRules } from './run-rules.ts';
import { BROKEN_AGENTS } from './testing/broken-agents.ts';
import { BROKEN_CONNECTIONS } from './testing/broken-connections.ts';
import { BROKEN_EVENTS } from './testing/broken-events.ts';
import { BROKEN_OFFERS } from './testing/broken-offers.ts';
import { BROKEN_SESSIONS } from './testing/broken-sessions.ts';
import { BROKEN_TURNS } from './testing/broken-turns.ts';
import { sends, without } from './testing/faults.ts';
import { type Fault, serveBroken } from './testing/proxy.ts';

const BROKEN = [...BROKEN_CONNECTIONS, ...BROKEN_EVENTS, ...BROKEN_SESSIONS, ...BROKEN_TURNS, ...BROKEN_AGENTS];
/** Proxies that are tried at the same time. */
const BESIDE = 8;
/** What never comes is waited for this long; what does come, comes sooner also on a busy machine. */
const SHORT_MS = 2_000;
const LONG_MS = 10_000;

test('each broken host is found by the rule that it breaks', { timeout: 120_000 }, async () => {
  await using host = await TestHost.start({ heartbeatMs: 1_000 });
  const missed = await besideEachOther(BROKEN, async ({ host: broken, rule, shows, fault }) => {
    const problem = await problemOf(host.url, rule, fault, SHORT_MS);
    return problem?.includes(shows) ? [] : [{ broken, rule, shows, problem }];
  });
  expect(missed.flat()).toEqual([]);
});

test('a broken host with several agents is found, too', { timeout: 60_000 }, async () => {
  const agents = ['demo', 'other'].map((name) => ({ name, adapter: demoAdapter }));
  await using host = await TestHost.start({ agents });
  const missed = await besideEachOther(BROKEN_OFFERS, async ({ host: broken, rule, shows, fault }) => {
    const problem = await problemOf(host.url, rule, fault, SHORT_MS);
    const sound = await problemOf(host.url, rule, () => ({}), LONG_MS);
    return problem?.includes(shows) && !sound ? [] : [{ broken, rule, shows, problem, sound }];
  });
  expect(missed.flat()).toEqual([]);
});

test('behind a proxy that breaks nothing the same rules hold', { timeout: 120_000 }, async () => {
  await using host = await TestHost.start({ heartbeatMs: 2_000 });
  const rules = [...new Set(BROKEN.map(({ rule }) => rule))];
  const problems = await besideEachOther(rules, (rule) => problemOf(host.url, rule, () => ({}), LONG_MS));
  expect(problems.filter(Boolean)).toEqual([]);
});

test.each([
  {
    host: 'forgets everything',
    rule: 'the events of a turn that ended before',
    shows: 'unknown_session',
    forgets: ['sessions', 'snapshots'],
    fault: () => ({}),
  },
  {
    host: 'forgets its snapshots',
    rule: 'conversations and snapshots are remembered',
    shows: 'unknown_snapshot',
    forgets: ['snapshots'],
    fault: () => ({}),
  },
  {
    host: 'lets a turn be tried again whose tool had started',
    rule: 'a turn whose tool had started',
    shows: 'retryable false',
    forgets: [],
    fault: sends((frame) =>
      frame.error ? { ...frame, error: { ...(frame.error as object), retryable: true } } : frame,
    ),
  },
  {
    host: 'says nothing of its restart',
    rule: 'a turn that ran when its host died',
    shows: 'host_restarted true',
    forgets: [],
    fault: sends((frame) =>
      frame.error ? { ...frame, error: without(frame.error as Frame, 'host_restarted') } : frame,
    ),
  },
])('a host that was killed and $host is found', async ({ rule, shows, forgets, fault }) => {
  await using host = await TestHost.start();
  const restart = async () => {
    await host.end();
    for (const folder of forgets) await rm(join(host.volume, '.host', folder), { recursive: true, force: true });
    await host.begin();
  };
  expect(await problemOf(host.url, rule, fault, SHORT_MS, restart)).toContain(shows);
});

test('each line of the table is about one rule', () => {
  for (const { rule } of [...BROKEN, ...BROKEN_OFFERS])
    expect(selectRules([rule]).map((found) => found.rule)).toHaveLength(1);
  expect(new Set(RULES.map(({ rule }) => rule)).size).toBe(RULES.length);
});

async function problemOf(
  url: string,
  phrase: string,
  fault: Fault,
  patienceMs: number,
  restart?: () => Promise<void>,
): Promise<string | undefined> {
  const proxy = await serveBroken(url, fault);
  const prompts = { tool: 'demo tool seconds=1' };
  try {
    const rules = selectRules([phrase]);
    const [outcome] = await runRules(proxy.url, TOKEN, () => {}, {
      rules,
      prompts,
      patienceMs,
      ...(restart && { restart }),
    });
    return outcome?.problem ?? outcome?.skipped;
  } catch (error) {
    return `it cannot be tried: ${error}`;
  } finally {
    await proxy.stop();
  }
}

async function besideEachOther<In, Out>(all: readonly In[], work: (one: In) => Promise<Out>): Promise<Out[]> {
  const left = [...all];
  const done: Out[] = [];
  const worker = async () => {
    for (let one = left.shift(); one; one = left.shift()) done.push(await work(one));
  };
  await Promise.all(Array.from({ length: BESIDE }, worker));
  return done;
}
