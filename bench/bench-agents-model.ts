import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { sharedNow } from './bench-agents-clock.ts';

// A process of its own: a model behind Chat Completions. `count=100 pace=20 first=50` in the newest message says how many
// tokens come, and when; each is `<when the request came>/<when it was written> `, in ms of the shared clock. `size=8000`
// is an answer of so many characters at once. It tells its parent the port, and ends with it.

type Answer = {
  readonly response: ServerResponse;
  readonly askedAt: number;
  readonly begin: number;
  readonly count: number;
  readonly pace: number;
  written: number;
};

const TICK_MS = 1;
const running = new Set<Answer>();
let isTicking = false;

function tick(): void {
  for (const answer of running) write(answer);
  isTicking = running.size > 0;
  if (isTicking) setTimeout(tick, TICK_MS);
}

/** What is due. A token that is late is stamped when it is written: what the model is late with is not its readers' doing. */
function write(answer: Answer): void {
  const { response, askedAt, begin, count, pace } = answer;
  const now = sharedNow();
  while (answer.written < count && begin + answer.written * pace <= now && !response.destroyed) {
    response.write(chunk(`${askedAt.toFixed(3)}/${sharedNow().toFixed(3)} `));
    answer.written += 1;
  }
  if (answer.written < count && !response.destroyed) return;
  running.delete(answer);
  end(response);
}

function chunk(content: string): string {
  return `data: {"id":"bench","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"finish_reason":null}]}\n\n`;
}

function end(response: ServerResponse): void {
  response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
}

type Body = { readonly messages: readonly { readonly role: string; readonly content: string }[] };

const server = createServer(async (request, response) => {
  const askedAt = sharedNow();
  const raw = await readText(request);
  if (request.method === 'GET') return response.end(JSON.stringify({ object: 'list', data: [{ id: 'bench' }] }));
  const { messages } = JSON.parse(raw) as Body;
  const asked = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const value = (name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(asked)?.[1] ?? 0);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const size = value('size');
  if (size > 0) {
    response.write(chunk('history '.repeat(size / 8)));
    return end(response);
  }
  const begin = askedAt + value('first');
  running.add({ response, askedAt, begin, count: value('count'), pace: value('pace'), written: 0 });
  if (!isTicking) tick();
});

process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
