import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is done with one request. */
export type Fate =
  | { readonly do: 'pass' }
  /** The homeserver does it, and the caller never hears of it: the connection is reset. */
  | { readonly do: 'lose_answer' }
  /** The homeserver never sees it. */
  | { readonly do: 'reset' }
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body: unknown;
    }
  /** It is passed on after a while. */
  | { readonly do: 'delay'; readonly ms: number };

export type Call = { readonly method: string; readonly path: string };

export const PASS: Fate = { do: 'pass' };
export const limited = (retryAfterMs: number): Fate => ({
  do: 'answer',
  status: 429,
  headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
  body: { errcode: 'M_LIMIT_EXCEEDED', error: 'Too Many Requests', retry_after_ms: retryAfterMs },
});
export const isSend = ({ method, path }: Call) => method === 'PUT' && path.includes('/send/');
export const isSync = ({ path }: Call) => path.startsWith('/_matrix/client/v3/sync');

/** An HTTP proxy in front of a homeserver that decides the fate of each request, and counts. */
export class HttpProxy {
  /** Asked for every request; change it at any time. */
  fate: (call: Call) => Fate = () => PASS;
  readonly calls: Call[] = [];
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, outgoing) => void this.#handle(incoming, outgoing));
    this.#server.keepAliveTimeout = 60_000;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const call = { method: incoming.method ?? 'GET', path: incoming.url ?? '/' };
    this.calls.push(call);
    const fate = this.fate(call);
    if (fate.do === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (fate.do === 'answer') {
      incoming.resume();
      outgoing
        .writeHead(fate.status, { 'content-type': 'application/json', ...fate.headers })
        .end(JSON.stringify(fate.body));
      return;
    }
    if (fate.do === 'delay') await new Promise((resolve) => setTimeout(resolve, fate.ms));
    const forward = request({
      agent: this.#agent,
      host: this.#target.hostname,
      port: this.#target.port,
      method: call.method,
      path: call.path,
      headers: incoming.headers,
    });
    forward.on('response', (answer) => {
      if (fate.do === 'lose_answer') {
        answer.resume().on('end', () => incoming.socket.resetAndDestroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on('error', () => outgoing.destroy());
    // `close` before the end of the answer: the caller has given up, so the long poll behind may go too.
    outgoing.on('close', () => {
      if (!outgoing.writableFinished && fate.do !== 'lose_answer') forward.destroy();
    });
    incoming.pipe(forward);
  }
}
