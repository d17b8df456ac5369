import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TestCertificate } from '../runtime/test-certificate.ts';
import { createMatrixHttp, type MatrixHttp } from './http.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** For tests only: HTTP servers of this process, all of which are gone after `close`. */
export class TestHttpServers {
  readonly #closing: (() => unknown)[] = [];

  /** @returns its origin. */
  async serve(answer: Answer): Promise<string> {
    return `http://127.0.0.1:${await this.#listen(createServer(answer))}`;
  }

  /** A server that is the homeserver, with `secret-token` for us. */
  async homeserver(answer: Answer): Promise<MatrixHttp> {
    return this.connect(await this.serve(answer));
  }

  /** Over TLS; this process trusts the certificate from then on. @returns its origin. */
  async serveSecurely({ key, cert }: TestCertificate, answer: Answer): Promise<string> {
    const port = await this.#listen(createSecureServer({ key, cert }, answer));
    setDefaultCACertificates([...getCACertificates('default'), cert.toString()]);
    return `https://localhost:${port}`;
  }

  /** To a homeserver somewhere, closed with the others. */
  connect(baseUrl: string): MatrixHttp {
    const http = createMatrixHttp({ baseUrl, accessToken: 'secret-token' });
    this.#closing.unshift(() => http.close());
    return http;
  }

  async #listen(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
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
