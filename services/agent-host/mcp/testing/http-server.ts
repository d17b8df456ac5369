import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createMcpHandler, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { type Script, scriptedServer } from './scripted-server.ts';

/** What it answers instead of MCP: a status, where it redirects to, or nothing at all. */
export type Instead = { readonly status: number; readonly location?: string; readonly body?: string } | 'silence';

/** A Streamable HTTP server on a free port of this machine, steered by the test. */
export type HttpTestServer = AsyncDisposable & {
  readonly url: string;
  /** Of each request, in order. */
  readonly seen: { readonly method: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** Calls whose connection was closed before they were answered to the end. */
  readonly given: { up: number };
  instead(answer: Instead | undefined): void;
  /** As after a restart: each session is unknown. */
  forget(): void;
  /** Breaks each connection, in the midst of what it answers. */
  breakOff(): void;
};

export async function httpTestServer(script: Script = {}): Promise<HttpTestServer> {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  const seen: HttpTestServer['seen'] = [];
  const given = { up: 0 };
  let instead: Instead | undefined;
  const modern = createMcpHandler(() => scriptedServer(script), { legacy: 'reject' });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray()).toString();
    seen.push({ method: request.method!, headers: request.headers, body });
    const gone = new AbortController();
    response.on('close', () => {
      if (response.writableFinished) return;
      gone.abort();
      if (request.method === 'POST') given.up += 1;
    });
    if (instead === 'silence') return;
    if (instead) {
      response.writeHead(instead.status, instead.location ? { location: instead.location } : {});
      response.end(instead.body);
      return;
    }
    const sent = new Request(`http://localhost${request.url}`, {
      method: request.method!,
      headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]),
      signal: gone.signal,
      ...(body && { body }),
    });
    if (script.isModern) return await pass(await modern.fetch(sent), response);
    const id = request.headers['mcp-session-id'] as string | undefined;
    let transport = id === undefined ? undefined : sessions.get(id);
    if (id !== undefined && !transport) {
      response.writeHead(404).end('{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}');
      return;
    }
    if (!transport) {
      const made = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (session) => {
          sessions.set(session, made);
        },
      });
      transport = made;
      await scriptedServer(script).connect(transport);
    }
    await pass(await transport.handleRequest(sent), response);
  };
  const pass = async (answered: Response, response: ServerResponse) => {
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    response.flushHeaders();
    if (!answered.body) return void response.end();
    Readable.fromWeb(answered.body as never)
      .on('error', () => response.destroy())
      .pipe(response);
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    seen,
    given,
    instead(answer) {
      instead = answer;
    },
    forget: () => sessions.clear(),
    breakOff: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
