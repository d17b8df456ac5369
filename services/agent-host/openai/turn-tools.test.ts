import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tool, ToolSource } from '../tools/tool.ts';
import { openaiAdapter } from './openai-adapter.ts';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';
import { echoTool } from './testing/test-tools.ts';
import { runTurn, settingsFor } from './testing/test-turn.ts';

let endpoint: ScriptedEndpoint;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** What it has may be changed. */
function changing(...has: Tool[]) {
  const source = { has, asked: 0, stopped: false };
  const tools: ToolSource = {
    tools: async () => {
      source.asked += 1;
      return [...source.has];
    },
    check: async () => [],
    stop: async () => {
      source.stopped = true;
    },
  };
  return { source, tools };
}
const sent = () =>
  (endpoint.requests.at(-1)!.body.tools ?? []).map((tool) => (tool as { function: Tool }).function.name);
const usedBy = (adapter: ReturnType<typeof openaiAdapter>, conversation?: unknown) => {
  const { context, categories } = adapter.contextOf(conversation);
  const [system] = categories as { tokens: number }[];
  return { used: context!.used, system: system!.tokens };
};

describe('tools of a source', () => {
  test('are those of the turn’s beginning until its end', async () => {
    const { source, tools } = changing();
    const run = async () => {
      source.has = [];
      return 'done';
    };
    source.has = [echoTool({ run })];
    const adapter = openaiAdapter(settingsFor(endpoint.baseUrl, { tools }));
    const { text, conversation } = await runTurn(adapter, '[[call echo {"text":"hi"}]]');
    expect(text).toContain('The tools gave: done');
    expect({ sent: sent(), asked: source.asked }).toEqual({ sent: ['echo'], asked: 1 });
    source.has = [echoTool({ name: 'other' })];
    await runTurn(adapter, 'next', { conversation });
    expect({ sent: sent(), asked: source.asked }).toEqual({ sent: ['other'], asked: 2 });
    source.has = [];
    await runTurn(adapter, 'next', { conversation });
    expect(endpoint.requests.at(-1)!.body).not.toHaveProperty('tools');
  });

  test('are in what fills the context: the last known ones, those of a conversation also after a restart', async () => {
    const { tools } = changing(echoTool({ description: 'word '.repeat(1_000) }));
    const adapter = () => openaiAdapter(settingsFor(endpoint.baseUrl, { tools }));
    const one = adapter();
    expect(usedBy(one)).toEqual({ used: 4, system: 4 });
    const { conversation } = await runTurn(one, '[[no-usage]]');
    expect(usedBy(one).system).toBeGreaterThan(1_200);
    expect(usedBy(one, conversation).system).toBeGreaterThan(1_200);
    expect(usedBy(adapter(), conversation)).toEqual(usedBy(one, conversation));
  });

  test('that fill the window leave less room for turns', async () => {
    const over = { contextTokens: 2_000, maxTokens: 100 };
    const long = `[[no-usage]] ${'word '.repeat(400)}`;
    const { conversation } = await runTurn(settingsFor(endpoint.baseUrl, over), long);
    await runTurn(settingsFor(endpoint.baseUrl, over), 'next', { conversation });
    expect(endpoint.requests.at(-1)!.body.messages.length).toBe(3);
    const { tools } = changing(echoTool({ description: 'word '.repeat(1_200) }));
    const { events } = await runTurn(settingsFor(endpoint.baseUrl, { ...over, tools }), 'next', { conversation });
    expect(events[0]).toMatchObject({ type: 'notice', text: expect.stringContaining('oldest turn no longer fits') });
  });

  test('that take their time can be cancelled, and the person’s message is kept', async () => {
    const abort = new AbortController();
    const tools = { ...changing().tools, tools: () => new Promise<never>(() => abort.abort()) };
    const settings = settingsFor(endpoint.baseUrl, { tools });
    const { failure, conversation } = await runTurn(settings, 'hello', { signal: abort.signal });
    expect(failure).toBeUndefined();
    expect(conversation).toMatchObject({ turns: [{ input: [{ text: 'hello' }] }] });
  });

  test('end with the adapter', async () => {
    const { source, tools } = changing();
    const adapter = openaiAdapter(settingsFor(endpoint.baseUrl, { tools }));
    await adapter.stop!();
    expect(source.stopped).toBe(true);
    expect(adapter.capabilities.permissions).toBe(true);
    const without = openaiAdapter(settingsFor(endpoint.baseUrl));
    await without.stop!();
    expect(without.capabilities.permissions).toBe(false);
  });
});
