import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openaiAdapter } from '../../services/agent-host/openai/openai-adapter.ts';
import {
  type Ran,
  runTurn,
  settingsFor,
  type TurnOptions,
} from '../../services/agent-host/openai/testing/test-turn.ts';
import { installRealLlm } from './install.ts';
import { MODEL_NAME, RealServer, WINDOW } from './real-server.ts';

const WANTED = process.env.SURFACES_TEST_REAL_LLM === 'yes';
const HOW = WANTED
  ? ''
  : ' (skipped: SURFACES_TEST_REAL_LLM=yes npm test -- e2e/real-llm runs it; first it compiles for minutes, with python3, cmake and a C++ compiler)';
const INSTALL_MS = 45 * 60_000;

/** Some 45 tokens a second, on a machine with other work 10. */
const SLOW = { headersTimeoutMs: 120_000, inactivityMs: 120_000, turnTimeoutMs: 180_000 };
const LONG = 'Write a very long story about a lighthouse, a heron and a storm. Describe everything in detail.';
/** About 700 tokens. */
const MANY_WORDS = 'The heron stands on one leg. '.repeat(100);

// The model is small: what it says is fluent and often wrong, so only the shape of its answers is judged.
describe.skipIf(!WANTED)(`a real model behind a real server${HOW}`, () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await RealServer.start(await installRealLlm());
  }, INSTALL_MS);
  afterAll(() => server?.[Symbol.asyncDispose]());

  const adapter = (maxTokens = 40) =>
    openaiAdapter(settingsFor(server.baseUrl, { model: MODEL_NAME, maxTokens, apiKey: undefined, ...SLOW }));
  const ask = (text: string, options: TurnOptions = {}, maxTokens?: number) =>
    runTurn(adapter(maxTokens), text, options);
  const deltas = ({ events }: Ran) => events.filter(({ type }) => type === 'message.delta').length;
  const used = ({ conversation }: Ran) => adapter().contextOf(conversation).context!.used;

  test('is there', async () => {
    expect(await adapter().check!()).toEqual({ ok: true, detail: `model ${MODEL_NAME} at ${server.baseUrl}` });
  });

  test('answers piece by piece, comes to an end, and what it used is estimated: this server counts nothing', async () => {
    const ran = await ask('Say something about herons.');
    expect(ran.failure).toBeUndefined();
    expect([undefined, 'max_tokens']).toContain(ran.stop);
    expect(ran.text.trim()).not.toBe('');
    expect(deltas(ran)).toBeGreaterThan(3);
    expect(ran.events.at(-1)).toEqual({ type: 'usage.update', context: { used: used(ran) } });
    expect(used(ran)).toBeGreaterThan(10);
  });

  test('has what was said before: with it a window is full, and the oldest turns are left out', async () => {
    let ran = await ask(`${MANY_WORDS} How many legs?`);
    for (let turn = 2; turn <= 4; turn++) {
      const before = used(ran);
      ran = await ask(`${MANY_WORDS} And how many wings?`, { conversation: ran.conversation });
      expect(ran.failure).toBeUndefined();
      expect(ran.text.trim()).not.toBe('');
      if (turn === 2) expect(used(ran)).toBeGreaterThan(before + 300);
    }
    // Each of the turns fits alone, all of them do not: the server has said so, in a way of its own.
    expect(ran.conversation).toMatchObject({ left_out: { turns: expect.any(Number) } });
    expect(used(ran)).toBeLessThan(WINDOW);
  });

  test('refuses what is too long for it in one message', async () => {
    const { failure, text } = await ask(MANY_WORDS.repeat(5));
    expect({ code: failure?.code, text }).toEqual({ code: 'context_overflow', text: '' });
  });

  test('stops at once when its turn is stopped', async () => {
    const abort = new AbortController();
    const ran = await ask(
      LONG,
      { signal: abort.signal, each: ({ type }) => type === 'message.delta' && abort.abort() },
      1_500,
    );
    expect(ran).toMatchObject({ stop: undefined, failure: undefined });
    await delay(1_000);
    const before = await server.cpuSeconds();
    await delay(3_000);
    expect((await server.cpuSeconds()) - before).toBeLessThan(0.5);
  });

  test('that a second request interrupts has broken off, and is not taken for done', async () => {
    let second: Promise<Ran> | undefined;
    const each: TurnOptions['each'] = ({ type }) => {
      if (type === 'message.delta') second ??= ask('Say hello.');
    };
    const first = await ask(LONG, { each }, 1_500);
    expect(first).toMatchObject({ failure: { code: 'agent_crashed', message: expect.stringContaining('broke off') } });
    expect(first.text.trim()).not.toBe('');
    expect(first.conversation).toMatchObject({ turns: [{ steps: [{ text: first.text, interrupted: true }] }] });
    expect((await second)?.failure).toBeUndefined();
    expect((await second)?.text.trim()).not.toBe('');
  });
});
