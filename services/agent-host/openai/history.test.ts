import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openaiAdapter } from './openai-adapter.ts';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';
import { type Ran, runTurn, settingsFor } from './testing/test-turn.ts';

let endpoint: ScriptedEndpoint;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** Turns of one conversation, one after the other. */
async function talk(texts: readonly string[], over = {}): Promise<Ran> {
  let ran: Ran | undefined;
  for (const text of texts)
    ran = await runTurn(settingsFor(endpoint.baseUrl, over), text, { conversation: ran?.conversation });
  return ran!;
}
const sent = () => endpoint.requests.at(-1)!.body.messages;
const long = (topic: string) => `[[no-usage]] ${topic} ${'word '.repeat(100)}`;
const NOTE = '(Earlier messages were left out, because they no longer fit.)';

describe('a conversation', () => {
  test('has what was said before in it, and starts anew where it was forgotten', async () => {
    const { conversation } = await talk(['first', 'second'], { systemPrompt: 'Be brief.' });
    expect(sent()).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'You said: first' },
      { role: 'user', content: 'second' },
    ]);
    await runTurn(settingsFor(endpoint.baseUrl), 'third', { conversation });
    expect(sent().length).toBe(5);
    for (const other of [undefined, { remembered: [], asked: 3, answered: 4 }, 'broken']) {
      await runTurn(settingsFor(endpoint.baseUrl), 'anew', { conversation: other });
      expect(sent()).toEqual([{ role: 'user', content: 'anew' }]);
    }
  });

  test('of which a copy was kept goes on from there', async () => {
    const { conversation: kept } = await talk(['one']);
    const copy = JSON.stringify(kept);
    await runTurn(settingsFor(endpoint.baseUrl), 'two', { conversation: kept });
    await runTurn(settingsFor(endpoint.baseUrl), 'three', { conversation: JSON.parse(copy) });
    expect(sent().map(({ content }) => content)).toEqual(['one', 'You said: one', 'three']);
    expect(JSON.stringify(kept)).toBe(copy);
  });

  test('has an answer in each turn: some servers refuse an empty one', async () => {
    await talk(['[[nothing]]', 'next']);
    expect(sent()[1]).toEqual({ role: 'assistant', content: '[No answer.]' });
  });
});

describe('a conversation that no longer fits', () => {
  test('loses its oldest turns, whole, and says so', async () => {
    const { events, conversation } = await talk(['topic-a', 'topic-b', 'topic-c', 'topic-d'].map(long), {
      contextTokens: 500,
      maxTokens: 50,
    });
    expect(sent()[0]).toEqual({ role: 'user', content: NOTE });
    expect(
      sent()
        .map(({ role }) => role)
        .join(' '),
    ).toMatch(/^(user assistant )+user$/);
    expect(JSON.stringify(sent())).not.toContain('topic-a');
    expect(JSON.stringify(sent())).toContain('topic-d');
    expect(events[0]).toMatchObject({ type: 'notice', text: expect.stringContaining('no longer fit') });
    expect(conversation).toMatchObject({ left_out: { summary: null } });
  });

  test('has a summary in their place, which is carried on', async () => {
    const over = { contextTokens: 500, maxTokens: 50, summarize: true };
    const texts = ['topic-a', 'topic-b', 'topic-c', 'topic-d', 'topic-e', 'topic-f'].map(long);
    const { conversation } = await talk(texts, over);
    const note = String(sent()[0]?.content);
    expect(note).toContain('A summary of them:)\nThey spoke of topic-a and topic-b');
    // What was summarised once is summarised again with what is left out next.
    const summaries = endpoint.about('Summarise the conversation');
    expect(summaries.length).toBeGreaterThan(1);
    expect(String(summaries.at(-1)?.body.messages[0]?.content)).toContain(
      'Summary of what was before:\nThey spoke of topic-a',
    );
    for (const { body } of summaries) expect(JSON.stringify(body.messages).length).toBeLessThan(1_000);
    expect(JSON.stringify(conversation)).not.toContain(long('topic-a'));
  });

  test('has a plain note where the summary cannot be made', async () => {
    const over = { contextTokens: 500, maxTokens: 50, summarize: true };
    const { failure } = await talk(
      ['a', 'b', 'c', 'd', 'e'].map((topic) => long(`unsummarised ${topic}`)),
      over,
    );
    expect(failure).toBeUndefined();
    expect(sent()[0]).toEqual({ role: 'user', content: NOTE });
  });

  test.each(['overflow-code', 'overflow-number', 'overflow-words'])(
    'as the server says (%s) loses turns until it fits',
    async (rule) => {
      const { conversation } = await talk(['a', 'b', 'c', 'd', 'e', 'f'].map(long));
      const { text, conversation: after } = await runTurn(settingsFor(endpoint.baseUrl), `[[${rule} 5]]`, {
        conversation,
      });
      expect(text).toMatch(/^[35] messages fit\.$/);
      expect(after).toMatchObject({ left_out: { turns: expect.any(Number) } });
      expect(JSON.stringify(after)).toContain('messages fit.');
    },
  );

  test('not even with nothing but its newest turn fails, and loses nothing', async () => {
    const { conversation } = await talk(['a', 'b']);
    const { failure, conversation: after } = await runTurn(settingsFor(endpoint.baseUrl), '[[overflow-code]]', {
      conversation,
    });
    expect(failure?.code).toBe('context_overflow');
    expect(after).toEqual(conversation);
  });

  test('by far is not even sent: some servers cut it without a word', async () => {
    const before = endpoint.requests.length;
    const { failure } = await talk([`never-sent ${'word '.repeat(2_000)}`], { contextTokens: 500 });
    expect(failure?.code).toBe('context_overflow');
    expect(endpoint.requests.length).toBe(before);
  });
});

describe('what fills the context', () => {
  const adapter = () =>
    openaiAdapter(settingsFor(endpoint.baseUrl, { contextTokens: 8_000, systemPrompt: 'x'.repeat(400) }));

  test('is what the server counted, by estimated parts', async () => {
    const { conversation } = await runTurn(adapter(), 'hello');
    const { context, categories } = adapter().contextOf(conversation);
    expect(context).toEqual({ used: 120, size: 8_000 });
    const parts = categories as { name: string; tokens: number }[];
    expect(parts.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(120);
    expect(parts.map(({ name }) => name)).toEqual([
      'system prompt and tools (estimate)',
      'conversation (estimate)',
      'tool results (estimate)',
    ]);
  });

  test('is an estimate where the server counts nothing, or nothing was said', async () => {
    expect(adapter().contextOf(undefined).context).toEqual({ used: 104, size: 8_000 });
    const { conversation } = await runTurn(adapter(), `[[no-usage]] ${'я'.repeat(100)}`);
    const { used } = adapter().contextOf(conversation).context!;
    expect(used).toBeGreaterThan(204);
    expect(used).toBeLessThan(230);
    expect(openaiAdapter(settingsFor(endpoint.baseUrl)).contextOf(undefined).context).toEqual({ used: 4 });
  });

  test('grows by the estimate of what came since', async () => {
    const { conversation } = await runTurn(adapter(), 'hello');
    const next = await runTurn(adapter(), `[[no-usage]] ${'word '.repeat(400)}`, { conversation });
    const { used } = adapter().contextOf(next.conversation).context!;
    expect(used).toBeGreaterThan(450);
    expect(used).toBeLessThan(800);
  });
});
