import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

export type Outgoing = {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** What is needed of an answer; a `Response` is one, too. */
export type Answer = {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
};

/** Until a connection stands, in ms: a firewall that says nothing is no server that thinks. */
const CONNECT_MS = 10_000;
/** What a kept connection fails with that the server has closed meanwhile. */
const STALE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/**
 * One HTTP request. Neither its headers nor its body have a time limit but the signal's: `fetch` gives up after 300 s of silence,
 * in which a large model on a slow machine may well read a long prompt. No redirect is followed: it would be with another method, or
 * to a server that was not meant. Connections are kept, and used again once an answer was read to its end; one that turns out to be
 * closed by the server is replaced by the next.
 * @throws errno; the signal closes the connection, whatever of the answer is still to come.
 */
export function send(url: string, { method, headers, body }: Outgoing, signal: AbortSignal): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  // The global agents know of a proxy that the environment names, where Node was told to use it.
  const request = (url.startsWith('https:') ? https : http).request(url, {
    method,
    signal,
    // Some firewalls in front of a server refuse who does not say what it is.
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'surfaces', ...headers },
  });
  let answered = false;
  request.on('error', (error) => {
    const isStale = !answered && request.reusedSocket && STALE.has((error as NodeJS.ErrnoException).code ?? '');
    if (isStale && !signal.aborted) resolve(send(url, { method, headers, body }, signal));
    else reject(error);
  });
  request.once('socket', (socket) => connectInTime(socket, (error) => request.destroy(error)));
  request.once('response', (response) => {
    answered = true;
    resolve(answerOf(response));
  });
  request.end(body);
  return promise;
}

function answerOf(response: IncomingMessage): Answer {
  // Who is not reading any more is not interested in how it ends.
  response.on('error', () => {});
  return {
    status: response.statusCode ?? 0,
    headers: { get: (name) => [response.headers[name] ?? []].flat().join(', ') || null },
    body: response,
  };
}

function connectInTime(socket: Socket, giveUp: (error: Error) => void): void {
  if (!socket.connecting) return;
  const late = Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' });
  const timer = setTimeout(() => giveUp(late), CONNECT_MS);
  socket.once('connect', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
}
