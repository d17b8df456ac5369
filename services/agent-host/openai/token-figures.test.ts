import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConversation } from './conversation/conversation.ts';
import { measureConversation } from './conversation/measure-conversation.ts';
import { openaiAdapter } from './openai-adapter.ts';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';
import { echoTool } from './testing/test-tools.ts';
import { type Ran, runTurn, settingsFor } from './testing/test-turn.ts';

let endpoint: ScriptedEndpoint;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** 19 tokens of the model, 58 by the estimate. */
const RUSSIAN = 'Съешь ещё этих мягких французских булок, да выпей же чаю. ';
const settings = (model: string) => settingsFor(endpoint.baseUrl, { model, tools: [echoTool()] });
const figuresOf = (model: string, { conversation }: Ran) => openaiAdapter(settings(model)).contextOf(conversation);

describe('tokens', () => {
  test('are counted by the model’s own tokenizer where it is known, and are an estimate all the same', async () => {
    const text = `[[no-usage]] ${RUSSIAN.repeat(50)}`;
    const known = figuresOf('gpt-4o', await runTurn(settings('gpt-4o'), text));
    const guessed = figuresOf('other', await runTurn(settings('other'), text));
    expect(known.context!.used).toBeGreaterThan(950);
    expect(known.context!.used).toBeLessThan(1_100);
    expect(guessed.context!.used).toBeGreaterThan(2_500);
    expect([known, guessed]).toMatchObject([{ estimated: true }, { estimated: true }]);
  });

  test('are no estimate right after the server has counted', async () => {
    const ran = await runTurn(settings('gpt-4o'), 'hello');
    expect(figuresOf('gpt-4o', ran)).toMatchObject({ context: { used: 120 }, estimated: false });
    // Also after a restart, before any table is loaded or tool known.
    expect(ran.events.at(-1)).toMatchObject({ context: { used: 120 } });
    const after = await runTurn(settings('gpt-4o'), '[[no-usage]]', { conversation: ran.conversation });
    expect(figuresOf('gpt-4o', after)).toMatchObject({ estimated: true });
  });

  test('after tools and thoughts are those that the conversation keeps', async () => {
    const ran = await runTurn(settings('gpt-4o'), '[[think-and-call]]');
    const { turns, measured } = readConversation(ran.conversation);
    expect(turns[0]?.size?.results).toBeGreaterThan(4);
    const { size, ...turn } = turns[0]!;
    const counter = { name: 'length', count: (text: string) => text.length };
    const [anew] = (await measureConversation({ kind: 'openai', allowed: [], turns: [turn] }, counter)).turns;
    expect(anew?.size?.results).toBe(4 + 'one'.length);
    expect(measured?.tokens).toBe(120);
  });

  test('are counted anew where the model is another one', async () => {
    const before = await runTurn(settings('other'), `[[no-usage]] ${RUSSIAN.repeat(50)}`);
    const after = await runTurn(settings('gpt-4o'), '[[no-usage]]', { conversation: before.conversation });
    expect(figuresOf('gpt-4o', after).context!.used).toBeLessThan(1_150);
    const back = await runTurn(settings('other'), '[[no-usage]]', { conversation: after.conversation });
    expect(figuresOf('other', back).context!.used).toBeGreaterThan(2_500);
  });

  test('of a turn that was stopped are estimated until the next one', async () => {
    const abort = new AbortController();
    const options = {
      signal: abort.signal,
      each: ({ type }: { type: string }) => type === 'message.delta' && abort.abort(),
    };
    const stopped = await runTurn(settings('gpt-4o'), `[[slow 1000 10]] ${RUSSIAN.repeat(50)}`, options);
    expect(figuresOf('gpt-4o', stopped)).toMatchObject({ estimated: true });
    const next = await runTurn(settings('gpt-4o'), '[[no-usage]]', { conversation: stopped.conversation });
    expect(figuresOf('gpt-4o', next).context!.used).toBeLessThan(1_150);
  });
});

describe('a conversation', () => {
  test('is counted once: a turn costs what it says itself', async () => {
    const counted: string[] = [];
    const counter = {
      name: 'noting',
      count: (text: string) => {
        counted.push(text);
        return text.length;
      },
    };
    const turn = (text: string) => ({ input: [{ type: 'text' as const, text }], steps: [] });
    const begun = { kind: 'openai' as const, allowed: [], turns: [turn('one'), turn('two')] };
    const first = await measureConversation(begun, counter);
    expect(counted.splice(0)).toEqual(['one', 'two']);
    // As the host keeps it.
    const kept = readConversation(JSON.parse(JSON.stringify(first)));
    const next = await measureConversation({ ...kept, turns: [...kept.turns, turn('three')] }, counter);
    expect(counted.splice(0)).toEqual(['three']);
    const { size, ...last } = next.turns.at(-1)!;
    const step = { text: 'four', calls: [] };
    await measureConversation({ ...next, turns: [...next.turns.slice(0, -1), { ...last, steps: [step] }] }, counter);
    expect(counted).toEqual(['four', '']);
  });
});
