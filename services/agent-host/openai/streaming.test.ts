import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CompletionReader } from './completions/completion.ts';
import { readAnswer } from './completions/read-answer.ts';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';
import { difficultStream } from './testing/stream-rules.ts';
import { runTurn, settingsFor } from './testing/test-turn.ts';

let endpoint: ScriptedEndpoint;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
});
afterAll(() => endpoint[Symbol.asyncDispose]());
const run = (text: string, over = {}) => runTurn(settingsFor(endpoint.baseUrl, over), text);

describe('an answer', () => {
  test('comes word by word, is done at its end, and its usage is told', async () => {
    const { events, text, stop, failure } = await run('hello there');
    expect({ text, stop, failure }).toEqual({ text: 'You said: hello there', stop: undefined, failure: undefined });
    expect(events.filter(({ type }) => type === 'message.delta').length).toBe(4);
    expect(events.at(-2)).toEqual({ type: 'message.done', message_id: 'answer-1', channel: 'answer' });
    const tokens = { input_tokens: 100, output_tokens: 20 };
    expect(events.at(-1)).toEqual({
      type: 'usage.update',
      context: { used: 120 },
      usage: { context: { used: 120 }, ...tokens },
    });
    const { body } = endpoint.about('hello there')[0]!;
    expect(body).toMatchObject({ model: 'scripted', stream: true, stream_options: { include_usage: true } });
    // Parts gave an empty answer on one server; fields that nobody set are not sent.
    expect(body.messages).toEqual([{ role: 'user', content: 'hello there' }]);
    expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'stream', 'stream_options']);
  });

  test('is asked for as the settings say', async () => {
    await run('as the settings say', { temperature: 0, maxTokens: 77, systemPrompt: 'Be brief.' });
    const { body, headers } = endpoint.about('as the settings say')[0]!;
    expect(body).toMatchObject({ temperature: 0, max_tokens: 77 });
    expect(body.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    expect(headers.authorization).toBe('Bearer sk-test-0123456789');
  });

  test.each(['reasoning_content', 'reasoning'])(
    'with thoughts in %s has them in a message of their own',
    async (field) => {
      const { events, text, thought, conversation } = await run(`[[think ${field}]]`);
      expect({ text, thought }).toEqual({ text: '<think>no</think> Done.', thought: 'Let me think.' });
      const order = events.flatMap((event) => ('channel' in event ? [`${event.type} ${event.message_id}`] : []));
      expect([...new Set(order)]).toEqual([
        'message.delta thought-1-1',
        'message.done thought-1-1',
        'message.delta answer-1',
        'message.done answer-1',
      ]);
      expect(JSON.stringify(conversation)).not.toContain('Let me');
      expect((await run(`[[think ${field}]]`, { showThoughts: false })).thought).toBe('');
    },
  );

  test.each(['crlf', 'cr', 'byte-by-byte'])('that is cut anywhere (%s) is whole', async (rule) => {
    const { text, thought, failure } = await run(`[[${rule}]]`);
    expect({ text, thought, failure }).toEqual({
      text: 'Съешь ещё 🎉 этих булок',
      thought: 'Ну что ж… ',
      failure: undefined,
    });
  });

  test('is the same however the bytes of its stream are cut', async () => {
    const read = async (pieces: Uint8Array[]) => {
      const heard: string[] = [];
      const reader = new CompletionReader({
        text: (t) => heard.push(`text ${t}`),
        thought: (t) => heard.push(`thought ${t}`),
      });
      const response = new Response(ReadableStream.from(pieces), { headers: { 'content-type': 'text/event-stream' } });
      await readAnswer(
        response,
        reader,
        () => {},
        (text) => text,
      );
      return { heard, result: reader.result('call') };
    };
    const whole = await read([difficultStream('\n')]);
    expect(whole.heard.length).toBe(5);
    const cases = fc.tuple(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(2_000), { maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(cases, async ([end, places]) => {
        const bytes = difficultStream(end);
        const ends = [...new Set(places), bytes.length].filter((at) => at <= bytes.length).sort((a, b) => a - b);
        expect(await read(ends.map((to, at) => bytes.subarray(ends[at - 1] ?? 0, to)))).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  test('in a line of a megabyte goes out in frames that the protocol takes', async () => {
    const { text, events } = await run('[[long-line]]');
    expect(text === 'й'.repeat(512 * 1024)).toBe(true);
    for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(100_000);
  });

  test.each([
    ['no-done', 'No done.'],
    ['cut-after-finish', 'Cut.'],
    ['reset-after-finish', 'All of it.'],
    ['whole', 'In one piece.'],
    ['no-usage', 'No count.'],
    ['nothing', ''],
  ])('of a server with “%s” is whole', async (rule, expected) => {
    const { text, failure, events } = await run(`[[${rule}]]`);
    expect({ text, failure }).toEqual({ text: expected, failure: undefined });
    // What fills the context is estimated then; of what the turn used nothing is said.
    if (rule === 'no-usage')
      expect(events.at(-1)).toEqual({ type: 'usage.update', context: { used: expect.any(Number) } });
  });

  test('is over with its end, even if the server never closes', async () => {
    const begin = performance.now();
    expect(await run('[[open-after-done]]')).toMatchObject({ text: 'Still open.', failure: undefined });
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  test('whose usage stands in each chunk is counted once', async () => {
    const { events } = await run('[[usage-in-each]]');
    const usages = events.filter((event) => event.type === 'usage.update');
    expect(usages.map(({ usage }) => usage)).toEqual([{ context: { used: 52 }, input_tokens: 50, output_tokens: 2 }]);
  });

  test.each([
    ['0.0125', { amount: 0.0125, currency: 'USD' }],
    ['{"input_tokens_cost":0.1,"total_cost":0.25}', { amount: 0.25, currency: 'USD' }],
    ['"much"', { amount: 0.0007, currency: 'EUR' }],
    ['null', { amount: 0.0007, currency: 'EUR' }],
  ])('that costs %s, as its server tells, is believed over the price list', async (cost, expected) => {
    const usage = `{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":50},"cost":${cost}}`;
    const price = { input: 4, cachedInput: 2, output: 8, currency: 'EUR' };
    const { events } = await run(`[[usage ${usage}]]`, { price });
    expect(events.at(-1)).toMatchObject({ usage: { input_tokens: 100, output_tokens: 50, cost: expected } });
  });

  test.each([
    ['length', 'max_tokens', 'Cut short'],
    ['filter', 'refusal', 'I must'],
  ])('that ends by “%s” says so', async (rule, stop, text) => {
    expect(await run(`[[${rule}]]`)).toMatchObject({ stop, text, failure: undefined });
  });
});

describe('silence', () => {
  test('comments show life and not progress', async () => {
    expect((await run('[[comments 5 20]]', { inactivityMs: 1_000 })).text).toBe('After the pings.');
    const { failure } = await run('[[comments 500 20]]', { inactivityMs: 300 });
    expect(failure).toMatchObject({ code: 'agent_unavailable', message: expect.stringContaining('in time') });
  });

  test('before the headers has its own limit, and is not repeated', async () => {
    const { failure } = await run('[[no-headers]]', { headersTimeoutMs: 200 });
    expect(failure).toMatchObject({ code: 'agent_unavailable' });
    await expect.poll(() => endpoint.about('[[no-headers]]').map((seen) => seen.closedEarly)).toEqual([true]);
  });

  test('in the middle of an answer ends it; what was said stays', async () => {
    const { failure, text, events } = await run('[[stall]]', { inactivityMs: 200 });
    expect({ text, code: failure?.code }).toEqual({ text: 'Some words', code: 'agent_unavailable' });
    expect(events.some(({ type }) => type === 'message.done')).toBe(false);
  });

  test('of a turn that takes too long is ended', async () => {
    const { failure, text } = await run('[[slow 1000 10]]', { turnTimeoutMs: 300 });
    expect(failure).toMatchObject({ code: 'internal', message: 'the turn took longer than 0 s' });
    expect(text).toMatch(/^word1 /);
    await expect.poll(() => endpoint.about('[[slow 1000 10]]').every((seen) => seen.closedEarly)).toBe(true);
  });
});
