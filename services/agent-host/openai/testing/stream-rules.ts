import { setTimeout as delay } from 'node:timers/promises';
import { chunk, EventWriter } from './event-writer.ts';
import type { Rule } from './rule.ts';

/** What has no end, until the other side closes. */
const forEver = (response: { once(event: 'close', done: () => void): unknown }) =>
  new Promise<void>((resolve) => response.once('close', resolve));

/** The bytes of one whole answer in which nothing is plain. */
export function difficultStream(end: string): Buffer {
  const data = (value: unknown) => `data: ${JSON.stringify(value)}${end}${end}`;
  return Buffer.from(
    [
      `: a comment${end}${end}`,
      data(chunk({ role: 'assistant', content: null })),
      data(chunk({ reasoning_content: 'Ну что ж… ' })),
      `event: message${end}id: 7${end}retry: 1${end}${data(chunk({ content: 'Съешь ' }))}`,
      `data:${JSON.stringify(chunk({ content: 'ещё 🎉 ' }))}${end}:${end}${end}`,
      `data: {"choices":[{"index":0,${end}data: "delta":{"content":"этих"}}]}${end}${end}`,
      data(chunk({ content: ' булок' })),
      data(chunk({}, 'stop')),
      data({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 5 } }),
      `data: [DONE]${end}${end}`,
    ].join(''),
  );
}

const inPieces =
  (end: string, size: number): Rule =>
  async ({ response }) => {
    const writer = new EventWriter(response);
    const bytes = difficultStream(end);
    for (let at = 0; at < bytes.length; at += size) {
      writer.raw(bytes.subarray(at, at + size));
      await delay(0);
    }
    response.end();
  };

/** Answers that are streamed, each with a trap of a real server. */
export const STREAM_RULES: Readonly<Record<string, Rule>> = {
  plain: async ({ response, asked }) => {
    const writer = new EventWriter(response);
    writer.delta({ role: 'assistant', content: null });
    await writer.words(`You said: ${asked}`);
    writer.finish();
  },
  /** `[[slow COUNT GAP]]` */
  slow: async ({ response, rest }) => {
    const [count = 10, gap = 5] = rest.split(' ').map(Number);
    const writer = new EventWriter(response);
    await writer.words(Array.from({ length: count }, (_, at) => `word${at + 1}`).join(' '), gap);
    if (!response.destroyed) writer.finish();
  },
  /** `[[think FIELD]]` */
  think: async ({ response, rest }) => {
    const writer = new EventWriter(response);
    writer.delta({ [rest]: 'Let me ' });
    writer.delta({ [rest]: 'think.' });
    await writer.words('<think>no</think> Done.');
    writer.finish();
  },
  /** `[[no-finish TEXT]]`, then `[DONE]` */
  'no-finish': async ({ response, rest }) => {
    const writer = new EventWriter(response);
    await writer.words(rest);
    writer.raw('data: [DONE]\n\n');
    response.end();
  },
  'no-finish-once': async ({ response, time }) => {
    const writer = new EventWriter(response);
    writer.delta({ role: 'assistant' });
    if (time === 1) return void response.end('data: [DONE]\n\n');
    await writer.words('At last.');
    writer.finish();
  },
  'finish-error': async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('Some words');
    writer.finish('abort');
  },
  'stream-error': async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('Some words');
    writer.json({ error: { message: 'The model crashed in mid-stream', type: 'server_error', code: null } });
    response.end('data: [DONE]\n\n');
  },
  'vllm-error': async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('Some words');
    writer.json({ object: 'error', message: 'EngineCore died', type: 'InternalServerError', code: 500 });
    response.end('data: [DONE]\n\n');
  },
  'error-event': ({ response }) => {
    new EventWriter(response).raw('event: error\ndata: {"message":"upstream is gone"}\n\n');
    response.end();
  },
  'no-json': ({ response }) => {
    new EventWriter(response).raw('data: Internal Server Error\n\n');
    response.end();
  },
  /** An event stream without events; who asks for no stream is told why, `[[empty overflow]]`, or gets an answer. */
  empty: ({ response, body, rest }) => {
    if (body.stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.end();
    }
    const overflows = rest === 'overflow' && body.messages.length > 1;
    response.writeHead(overflows ? 400 : 200, { 'content-type': 'application/json' });
    const message = { role: 'assistant', content: 'The whole answer.' };
    const error = { message: 'too much', type: 'invalid_request_error', code: 'context_length_exceeded' };
    response.end(JSON.stringify(overflows ? { error } : { choices: [{ index: 0, message, finish_reason: 'stop' }] }));
  },
  /** `[[comments COUNT GAP]]` before the first word. */
  comments: async ({ response, rest }) => {
    const [count = 3, gap = 20] = rest.split(' ').map(Number);
    const writer = new EventWriter(response);
    for (let at = 0; at < count && !response.destroyed; at++) {
      writer.raw(at % 2 ? ':\n\n' : ': ping\n\n');
      await delay(gap);
    }
    await writer.words('After the pings.');
    writer.finish();
  },
  'no-headers': ({ response }) => forEver(response),
  stall: async ({ response }) => {
    await new EventWriter(response).words('Some words');
    await forEver(response);
  },
  'no-usage': async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('No count.');
    writer.finish('stop', null);
  },
  /** `[[usage JSON]]` */
  usage: async ({ response, rest }) => {
    const writer = new EventWriter(response);
    await writer.words('Counted.');
    writer.finish('stop', JSON.parse(rest));
  },
  'usage-in-each': ({ response }) => {
    const writer = new EventWriter(response);
    const usage = (completion_tokens: number) => ({ prompt_tokens: 50, completion_tokens });
    for (const [at, content] of ['One ', 'two.'].entries())
      writer.json({ ...chunk({ content }), usage: usage(at + 1) });
    writer.finish('stop', null);
  },
  'no-done': async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('No done.');
    writer.delta({}, 'stop');
    response.end();
  },
  'open-after-done': async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('Still open.');
    writer.delta({}, 'stop');
    writer.raw('data: [DONE]\n\n');
    await forEver(response);
  },
  'reset-after-finish': async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('All of it.');
    writer.delta({}, 'stop');
    setTimeout(() => response.destroy(), 20);
  },
  /** `[[think-cut text]]` and `[[think-cut call]]`: no end after a thought, or after a call. */
  'think-cut': ({ response, rest }) => {
    const writer = new EventWriter(response);
    const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'echo', arguments: '{}' } }] };
    writer.delta(rest === 'call' ? call : { reasoning: 'Hm.' });
    response.end();
  },
  /** The last event without its blank line. */
  'cut-after-finish': async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('Cut.');
    writer.raw(`data: ${JSON.stringify(chunk({}, 'stop'))}`);
    response.end();
  },
  crlf: inPieces('\r\n', 7),
  cr: inPieces('\r', 1),
  'byte-by-byte': inPieces('\n', 1),
  'long-line': ({ response }) => {
    const writer = new EventWriter(response);
    writer.delta({ content: 'й'.repeat(512 * 1024) });
    writer.finish();
  },
  length: async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('Cut short');
    writer.finish('length');
  },
  filter: async ({ response }) => {
    const writer = new EventWriter(response);
    await writer.words('I must');
    writer.finish('content_filter');
  },
  /** Ignores that a stream was asked for. */
  whole: ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    const message = { role: 'assistant', content: [{ type: 'text', text: 'In one piece.' }], reasoning: 'Hm.' };
    response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage: { prompt_tokens: 7 } }));
  },
  /** What is asked to summarise a conversation in which nobody wrote `unsummarised`. */
  summary: async ({ response, asked }) => {
    const writer = new EventWriter(response);
    if (asked.includes('unsummarised')) return void response.destroy();
    await writer.words(`They spoke of ${asked.match(/topic-\w+/g)?.join(' and ')}.`);
    writer.finish();
  },
  nothing: ({ response }) => new EventWriter(response).finish(),
};
