import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { ERROR_RULES } from './error-rules.ts';
import type { Body, Rule } from './rule.ts';
import { STREAM_RULES } from './stream-rules.ts';
import { TOOL_RULES } from './tool-rules.ts';

type Seen = {
  readonly body: Body;
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  /** The client went away before the answer's end. */
  closedEarly: boolean;
};

const RULES: Readonly<Record<string, Rule>> = { ...STREAM_RULES, ...ERROR_RULES, ...TOOL_RULES };
const MARKER = /\[\[([a-z0-9-]+)((?:[^\]]|\](?!\]))*)\]\]/g;

/**
 * A server with the Chat Completions API on loopback. The last `[[rule rest]]` in the newest message of the person says
 * what it does; without one it answers with what it was asked.
 */
export class ScriptedEndpoint {
  readonly requests: Seen[] = [];
  readonly #server: Server;
  readonly #times = new Map<string, number>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ScriptedEndpoint> {
    const server = createServer();
    const endpoint = new ScriptedEndpoint(server);
    server.on('request', async (request, response) => {
      const raw = await readText(request);
      if (request.method === 'GET') return answerModels(response);
      const body = JSON.parse(raw) as Body;
      const seen = { body, headers: request.headers, path: request.url ?? '', closedEarly: false };
      endpoint.requests.push(seen);
      response.on('close', () => {
        seen.closedEarly = !response.writableFinished;
      });
      await endpoint.#answer(body, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return endpoint;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Requests whose newest message of the person holds the text. */
  about(text: string): Seen[] {
    return this.requests.filter(({ body }) => asked(body).includes(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(body: Body, response: ServerResponse): Promise<void> {
    const text = asked(body);
    const [marker = '', name = 'plain', rest = ''] = unmarked(text) ?? [...text.matchAll(MARKER)].at(-1) ?? [];
    const time = (this.#times.get(marker) ?? 0) + 1;
    this.#times.set(marker, time);
    const rule = RULES[name];
    if (!rule) throw new Error(`the scripted endpoint has no rule ${name}`);
    await rule({ body, response, rest: rest.trim(), time, asked: text });
  }
}

/** Who asks without a marker of their own. */
function unmarked(text: string): [string, string, string] | undefined {
  // It quotes messages, markers and all.
  if (text.startsWith('Summarise the conversation')) return ['summary', 'summary', ''];
  // The long prompt of the conformance rules.
  if (text.startsWith('Count from 1 to 400')) return ['count', 'slow', '400 10'];
  return undefined;
}

function answerModels(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ object: 'list', data: [{ id: 'scripted' }, { id: 'other' }] }));
}

function asked({ messages }: Body): string {
  const content = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}
