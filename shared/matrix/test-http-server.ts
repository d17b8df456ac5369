import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMatrixHttp, type MatrixHttp } from './http.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** For tests only: HTTP servers of this process, all of which are gone after `close`. */
export class TestHttpServers {
  readonly #closing: (() => unknown)[] = [];

  /** @returns its origin. */
  async serve(answer: Answer): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A server that is the homeserver, with `secret-token` for us. */
  async homeserver(answer: Answer): Promise<MatrixHttp> {
    const http = createMatrixHttp({ baseUrl: await this.serve(answer), accessToken: 'secret-token' });
    this.#closing.unshift(() => http.close());
    return http;
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0)) await close();
  }
}

/** Writes for ever, as fast as it is taken. `sent`: bytes that the socket took of us. */
export function pour(response: ServerResponse, count: { sent: number }, most = Number.POSITIVE_INFINITY): void {
  const piece = Buffer.alloc(64 * 1024, 'x');
  const more = () => {
    while (!response.destroyed) {
      if (count.sent >= most) return void response.end();
      count.sent += piece.length;
      if (!response.write(piece)) return void response.once('drain', more);
    }
  };
  more();
}

export function refuse(status: number, errcode: string, headers: Record<string, string> = {}): Answer {
  return (request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ errcode, error: 'because' }));
  };
}
