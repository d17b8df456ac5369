import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';
import { runTurn, settingsFor } from './testing/test-turn.ts';

const KEY = 'sk-test-0123456789';
let endpoint: ScriptedEndpoint;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
});
afterAll(() => endpoint[Symbol.asyncDispose]());
const run = (text: string, over = {}) => runTurn(settingsFor(endpoint.baseUrl, over), text);

describe('an answer that breaks off', () => {
  test.each([
    ['no-finish Some words', 'agent_crashed', 'broke off'],
    ['finish-error', 'agent_crashed', 'broke off'],
    ['reset', 'agent_crashed', 'broke off'],
    ['stream-error', 'internal', 'The model crashed in mid-stream'],
    ['vllm-error', 'internal', 'EngineCore died'],
  ])('by “%s” fails, once, and what was said stays', async (rule, code, message) => {
    const { text, events, failure, conversation } = await run(`[[${rule}]]`);
    expect(text.trim()).toBe('Some words');
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(events.some(({ type }) => type === 'message.done')).toBe(false);
    expect(endpoint.about(`[[${rule}]]`).length).toBe(1);
    expect(conversation).toMatchObject({ turns: [{ steps: [{ text, interrupted: true }] }] });
    const next = await runTurn(settingsFor(endpoint.baseUrl), 'go on', { conversation });
    expect(next.text).toBe('You said: go on');
    expect(endpoint.requests.at(-1)?.body.messages[1]).toEqual({
      role: 'assistant',
      content: `${text}\n\n[This answer was interrupted here.]`,
    });
  });

  test.each([
    ['no-finish-once', 'At last.'],
    ['reset-once', 'Second time.'],
    ['broken-once', 'Answered at the 2th try.'],
    ['loading', 'Answered at the 4th try.'],
    ['busy', 'Answered at the 3th try.'],
  ])('before its first token by “%s” is asked for again', async (rule, expected) => {
    expect(await run(`[[${rule}]]`)).toMatchObject({ text: expected, failure: undefined });
  });

  test.each([
    ['no-finish', 3, 'agent_crashed'],
    ['broken-always', 3, 'internal'],
    ['error-event', 3, 'internal'],
    ['no-json', 3, 'agent_crashed'],
  ])('always before its first token (%s) is asked for %i times', async (rule, times, code) => {
    const { failure, conversation, text } = await run(`[[${rule}]]`);
    expect({ code: failure?.code, text }).toEqual({ code, text: '' });
    expect(endpoint.about(`[[${rule}]]`).length).toBe(times);
    // Sent again it stands in the history once.
    expect(conversation).toBeUndefined();
  });
});

test.each(['text', 'call'])(
  'an answer that breaks off after a thought or a call (%s) is not asked for again',
  async (what) => {
    const { failure } = await run(`[[think-cut ${what}]]`);
    expect(failure?.code).toBe('agent_crashed');
    expect(endpoint.about(`[[think-cut ${what}]]`).length).toBe(1);
  },
);

test('an answer that is of no use is not read to its end', async () => {
  expect((await run('[[html-endless]]')).failure?.code).toBe('internal');
  await expect.poll(() => endpoint.about('[[html-endless]]')[0]?.closedEarly).toBe(true);
});

describe('an empty event stream', () => {
  test('is asked for again without a stream, which may give the answer', async () => {
    expect((await run('[[empty]]')).text).toBe('The whole answer.');
    const bodies = endpoint.about('[[empty]]').map(({ body }) => body);
    expect(bodies.map(({ stream }) => stream)).toEqual([true, false]);
    expect(bodies[1]).not.toHaveProperty('stream_options');
  });

  test('or the error: too long, so that something is left out', async () => {
    const { conversation } = await run('one');
    const { text, conversation: after } = await runTurn(settingsFor(endpoint.baseUrl), '[[empty overflow]]', {
      conversation,
    });
    // A note and its reply stand for what was left out, and are too much as well.
    expect(text).toBe('');
    expect(after).toEqual(conversation);
    expect(endpoint.about('[[empty overflow]]').map(({ body }) => body.stream)).toEqual([true, false, true, false]);
  });
});

describe('waiting for a server', () => {
  test.each(['busy-seconds', 'busy-date'])('takes as long as it says (%s), and people are told', async (rule) => {
    const begin = performance.now();
    const { text, events } = await run(`[[${rule}]]`);
    expect(text).toBe('Answered at the 2th try.');
    expect(performance.now() - begin).toBeGreaterThan(900);
    if (rule === 'busy-seconds')
      expect(events[0]).toEqual({
        type: 'notice',
        severity: 'info',
        text: 'The model’s server is busy; trying again in 1 s.',
      });
  });

  test.each([
    ['busy-for-hours', 1],
    ['quota', 1],
  ])('is not done where it would take too long (%s)', async (rule, times) => {
    const { failure } = await run(`[[${rule}]]`);
    expect(failure?.code).toBe(rule === 'quota' ? 'agent_unavailable' : 'rate_limited');
    expect(endpoint.about(`[[${rule}]]`).length).toBe(times);
  });

  test('has an end', async () => {
    const retry = { firstMs: 20, mostMs: 20, times: 1, patienceMs: 100 };
    const { failure } = await run('[[busy-always]]', { retry });
    expect(failure).toMatchObject({ code: 'rate_limited', message: expect.stringContaining('Rate limit reached') });
    expect(endpoint.about('[[busy-always]]').length).toBeLessThan(9);
  });

  test('that nobody runs is in vain after a few tries', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const { failure } = await run('hello', { baseUrl: `http://127.0.0.1:${port}/v1` });
    expect(failure).toEqual(
      expect.objectContaining({
        code: 'agent_unavailable',
        message: 'the model’s server cannot be reached (ECONNREFUSED)',
      }),
    );
  });
});

describe('a refusal', () => {
  test.each([
    ['wrong-key', 'agent_unavailable', 'does not accept the key (HTTP 401)'],
    ['wrong-key-detail', 'agent_unavailable', 'does not accept the key (HTTP 401)'],
    ['forbidden', 'agent_unavailable', 'does not accept the key (HTTP 403)'],
    ['no-model', 'agent_unavailable', "model 'llama3.9:1b' not found, try pulling it first"],
    ['no-images', 'unsupported', 'image input is not supported'],
    ['redirect', 'internal', 'HTTP 307'],
    ['html', 'internal', 'no OpenAI-compatible server'],
  ])('“%s” is told, and not repeated', async (rule, code, message) => {
    const { failure } = await run(`[[${rule}]]`);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(endpoint.about(`[[${rule}]]`).length).toBe(1);
  });

  test.each([
    ['no-stream-options', {}, {}],
    ['no-max-tokens', { maxTokens: 9 }, { max_completion_tokens: 9 }],
    ['no-temperature', { temperature: 0.5 }, {}],
  ])('of a field that a server does not know (%s) is learned from', async (rule, over, expected) => {
    const { text } = await run(`[[${rule}]]`, over);
    expect(text).toBe('Without it.');
    expect(endpoint.about(`[[${rule}]]`).at(-1)?.body).toMatchObject(expected);
  });
});

describe('secrets', () => {
  test.each(['wrong-key', 'echo-secret'])('are in no error, also where the server quotes them (%s)', async (rule) => {
    const { failure, events } = await run(`[[${rule}]]`);
    const seen = JSON.stringify([failure?.message, events]);
    expect(seen).not.toContain(KEY);
    // Nor half of it, where a long text is cut.
    expect(seen).not.toContain('sk-test');
  });

  test('of the base URL are sent as Basic authentication and shown nowhere', async () => {
    const baseUrl = endpoint.baseUrl.replace('http://', 'http://ann:pa%2Fss@');
    const over = { baseUrl: `${baseUrl}/?token=query-secret`, apiKey: undefined };
    const { failure } = await run('[[echo-secret]] by URL', over);
    const { headers, path } = endpoint.about('by URL')[0]!;
    const basic = Buffer.from('ann:pa/ss').toString('base64');
    expect(headers.authorization).toBe(`Basic ${basic}`);
    expect(path).toBe('/v1/chat/completions?token=query-secret');
    for (const secret of [basic, 'pa/ss', 'pa%2Fss', 'query-secret']) expect(failure?.message).not.toContain(secret);
    const away = await run('hello', { ...over, baseUrl: 'http://ann:pa%2Fss@127.0.0.1:1/v1' });
    expect(away.failure?.message).toMatch(/^the model’s server cannot be reached/);
  });

  test('that cannot be sent are refused at once, unquoted', () => {
    const bad = (over: object) => () => runTurn(settingsFor(endpoint.baseUrl, over), 'hello');
    return Promise.all([
      expect(bad({ apiKey: 'ключ' })()).rejects.toThrow(/^the API key has characters that no header can carry$/),
      expect(bad({ baseUrl: 'ftp://ann:secret@host' })()).rejects.toThrow(/^the base URL of the model is not/),
    ]);
  });
});
