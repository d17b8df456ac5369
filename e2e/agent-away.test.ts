import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentTurn } from '../services/agent-host/adapter.ts';
import { AgentHost } from '../services/agent-host/agent-host.ts';
import { demoAdapter } from '../services/agent-host/demo/demo-adapter.ts';
import { surfacesOf } from '../services/cli/demo/person/answers.ts';
import { messagesOf, newest } from '../services/cli/demo/person/room-history.ts';
import { freePort } from '../shared/runtime/free-port.ts';
import { createLog } from '../shared/runtime/log.ts';
import { type Resident, TestStack } from './test-stack.ts';

const TOKEN = 'of-a-test';
const volume = mkdtempSync(join(tmpdir(), 'surfaces-away-'));
let port: number;
let host: AgentHost | undefined;
let stack: TestStack;

/** The agent: the demo's, and it says how full its context is where it is asked to. */
async function play(turn: AgentTurn): Promise<undefined> {
  const [block] = turn.input;
  const [, used] = /^full=(\d+)$/.exec(block?.type === 'text' ? block.text : '') ?? [];
  if (used === undefined) return demoAdapter.runTurn(turn) as Promise<undefined>;
  turn.emit({ type: 'message.delta', message_id: 'one', channel: 'answer', text: `It is ${used}.` });
  turn.emit({ type: 'usage.update', context: { used: Number(used), size: 100 } });
  return undefined;
}

async function comes(): Promise<void> {
  const adapter = { ...demoAdapter, runTurn: play };
  const place = { volume, host: '127.0.0.1', port, token: TOKEN };
  host = new AgentHost({
    agents: [{ name: 'played', adapter }],
    ...place,
    permissionTtlMs: 60_000,
    log: createLog('silent', {}),
  });
  await host.start();
}

async function goes(): Promise<void> {
  await host?.stop();
  host = undefined;
}

beforeAll(async () => {
  port = await freePort();
  await comes();
  const agent = { AGENT_URL: `ws://127.0.0.1:${port}`, AGENT_TOKEN: TOKEN, AGENTS_DIR: volume };
  stack = await new TestStack({ env: { ...agent, SURFACES_AGENT_PATIENCE: '25s' } }).up();
}, 240_000);
afterAll(async () => {
  await stack?.end();
  await goes();
  rmSync(volume, { recursive: true, force: true });
}, 60_000);

describe('an agent host that is away', () => {
  test('is waited for: messages are kept in their order and answered when it is back', async () => {
    const ann = await stack.atHome();
    const bob = await stack.atHome('bob');
    await goes();
    const asked = [await ann.say('demo words=1 pace=1'), await ann.say('demo words=2 pace=1')];
    const his = await bob.say('demo words=3 pace=1');
    await ann.untilShows(asked[0]!, 'cannot be reached');
    expect(ann.answer(asked[1]!).parts).toEqual([]);
    await comes();
    expect((await ann.untilAnswered(asked[0]!)).text).toBe('word1');
    expect((await ann.untilAnswered(asked[1]!)).text).toBe('word1 word2');
    expect((await bob.untilAnswered(his)).text).toBe('word1 word2 word3');
    expect(ann.breaches()).toEqual([]);
  }, 90_000);

  test('for longer than that is told, soon of all that wait; and it is well again when it is back', async () => {
    const ann = await stack.atHome();
    await goes();
    const first = await ann.say('demo words=1 pace=1');
    const second = await ann.say('demo words=2 pace=1');
    expect(await ann.untilAnswered(first, 90_000)).toMatchObject({ state: 'failed', code: 'agent_unavailable' });
    const began = performance.now();
    expect(await ann.untilAnswered(second, 90_000)).toMatchObject({ state: 'failed', code: 'agent_unavailable' });
    expect(performance.now() - began).toBeLessThan(20_000);
    await comes();
    expect((await ann.ask('demo words=3 pace=1', 60_000)).text).toBe('word1 word2 word3');
    expect(ann.breaches()).toEqual([]);
  }, 240_000);
});

describe('a context that fills up', () => {
  const warnings = (who: Resident) =>
    messagesOf(who.person.room(who.home.room))
      .filter((message) => surfacesOf(message).kind === 'notice')
      .flatMap((message) => /(\d+) % full/.exec(newest(message).content.body ?? '')?.[1] ?? []);

  test('is told once at 80 %, and once more at 95 %', async () => {
    const ann = await stack.atHome();
    for (const used of [50, 79, 82, 90, 96, 99]) await ann.ask(`full=${used}`);
    await ann.ask('demo words=1 pace=1');
    expect(warnings(ann)).toEqual(['82', '96']);
    expect(ann.breaches()).toEqual([]);
  });
});
