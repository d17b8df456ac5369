import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';
import { carefulTool, endlessTool } from './testing/test-tools.ts';
import { runTurn, settingsFor, type TurnOptions } from './testing/test-turn.ts';

let endpoint: ScriptedEndpoint;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** Stops the turn at the first event of which `when` holds. */
function stopping(when: (event: { type: string; status?: string }) => boolean) {
  const abort = new AbortController();
  const options: TurnOptions = {
    signal: abort.signal,
    each: (event) => when(event) && abort.abort(),
  };
  return { abort, options };
}
const sent = () => endpoint.requests.at(-1)!.body.messages;

describe('a turn that is stopped', () => {
  test('in mid-stream closes the connection at once; what was said stays, marked', async () => {
    const { options } = stopping(({ type }) => type === 'message.delta');
    const ran = await runTurn(settingsFor(endpoint.baseUrl), '[[slow 1000 10]]', options);
    expect(ran).toMatchObject({ stop: undefined, failure: undefined });
    expect(ran.text).toMatch(/^word1 /);
    expect(ran.events.some(({ type }) => type === 'message.done')).toBe(false);
    await expect.poll(() => endpoint.requests.at(-1)?.closedEarly).toBe(true);
    await runTurn(settingsFor(endpoint.baseUrl), 'next', { conversation: ran.conversation });
    expect(sent()[1]).toEqual({ role: 'assistant', content: `${ran.text}\n\n[This answer was interrupted here.]` });
  });

  test('before its first word keeps the person’s message', async () => {
    const { abort, options } = stopping(() => false);
    const running = runTurn(settingsFor(endpoint.baseUrl), '[[no-headers]] stop me', options);
    await expect.poll(() => endpoint.about('stop me').length).toBe(1);
    abort.abort();
    const { conversation } = await running;
    await runTurn(settingsFor(endpoint.baseUrl), 'next', { conversation });
    expect(sent().map(({ content }) => content)).toEqual([
      '[[no-headers]] stop me',
      '[The answer was interrupted.]',
      'next',
    ]);
  });

  test('while it waits to try again does not try again', async () => {
    const { abort, options } = stopping(() => false);
    const retry = { firstMs: 60_000, mostMs: 60_000, times: 9, patienceMs: 600_000 };
    const running = runTurn(settingsFor(endpoint.baseUrl, { retry }), '[[broken-always]]', options);
    await expect.poll(() => endpoint.about('[[broken-always]]').length).toBe(1);
    abort.abort();
    expect((await running).failure).toBeUndefined();
    expect(endpoint.about('[[broken-always]]').length).toBe(1);
  });

  test('while a tool runs does not wait for it', async () => {
    const { options } = stopping(({ status }) => status === 'in_progress');
    const tools = [endlessTool()];
    const begin = performance.now();
    const ran = await runTurn(settingsFor(endpoint.baseUrl, { tools }), '[[call endless {}]]', options);
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(ran.events.at(-1)).toMatchObject({ type: 'tool_call.update', status: 'cancelled' });
    await runTurn(settingsFor(endpoint.baseUrl), 'next', { conversation: ran.conversation });
    expect(sent().map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
    expect(sent()[2]?.content).toContain('it is not known how much of this was done');
  });

  test('while a person is asked does not run the tool', async () => {
    const careful = carefulTool();
    const { abort, options } = stopping(() => false);
    const answer: TurnOptions['answer'] = () => {
      setTimeout(() => abort.abort());
      return new Promise(() => {});
    };
    const settings = settingsFor(endpoint.baseUrl, { tools: [careful] });
    const ran = await runTurn(settings, '[[call careful {"text":"hi"}]]', { ...options, answer });
    expect(ran.failure).toBeUndefined();
    expect(careful.calls).toEqual([]);
    expect(ran.events.at(-1)).toMatchObject({ status: 'cancelled' });
  });

  test('before it began asks nobody', async () => {
    const before = endpoint.requests.length;
    const ran = await runTurn(settingsFor(endpoint.baseUrl), 'hello', { signal: AbortSignal.abort() });
    expect(ran.failure).toBeUndefined();
    expect(endpoint.requests.length).toBe(before);
  });
});
