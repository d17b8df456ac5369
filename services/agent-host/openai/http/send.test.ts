import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { bodyText, exchange } from './exchange.ts';
import { ModelError } from './model-error.ts';

let server: Server | undefined;
const connections = new Set<Socket>();
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  connections.clear();
});
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).on('connection', (socket) => connections.add(socket));
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const PATIENCE = { headersTimeoutMs: 10_000, inactivityMs: 10_000 };
const never = new AbortController().signal;
const ask = (url: string, signal = never, patience = PATIENCE) =>
  exchange(url, { method: 'POST', headers: {}, body: '{}' }, patience, signal, bodyText);

/** What `fetch` gives up after, for as long as the test runs: its own 300 s of silence are too long for one. */
function shortenFetch(ms: number): () => void {
  const place = Symbol.for('undici.globalDispatcher.1');
  type Dispatcher = { dispatch: (options: object, handler: unknown) => boolean };
  const global = globalThis as unknown as Record<symbol, Dispatcher>;
  const before = global[place]!;
  const limits = { headersTimeout: ms, bodyTimeout: ms };
  global[place] = { dispatch: (options, handler) => before.dispatch({ ...options, ...limits }, handler) };
  return () => {
    global[place] = before;
  };
}

describe('silence', () => {
  test.each(['headers', 'body'])('before the %s may be longer than fetch takes', async (what) => {
    const url = await serve(async (_, response) => {
      if (what === 'body') response.write('{"at":');
      await delay(1_500);
      response.end(what === 'body' ? '"last"}' : '{"at":"last"}');
    });
    await (await fetch(url)).text();
    const restore = shortenFetch(300);
    try {
      await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
      expect(await ask(url)).toBe('{"at":"last"}');
    } finally {
      restore();
    }
  });

  test('has the limits that it is given', async () => {
    const url = await serve(({ url: path }, response) => void (path === '/body' && response.write('{')));
    for (const [path, over] of [
      ['headers', { headersTimeoutMs: 100 }],
      ['body', { inactivityMs: 100 }],
    ] as const) {
      const failed = ask(url + path, never, { ...PATIENCE, ...over });
      await expect(failed).rejects.toMatchObject({ kind: 'silent' });
    }
    await expect.poll(() => [...connections].every((socket) => socket.destroyed)).toBe(true);
  });
});

describe('a connection', () => {
  test('is used again after an answer that was read to its end', async () => {
    const url = await serve((request, response) => void request.resume().on('end', () => response.end('done')));
    for (let time = 0; time < 5; time++) expect(await ask(url)).toBe('done');
    expect(connections.size).toBe(1);
  });

  test('that the server closed after an answer, without a word, is replaced by another', async () => {
    const served = new Set<Socket>();
    const url = await serve(({ socket }, response) => {
      if (served.has(socket)) return void socket.resetAndDestroy();
      served.add(socket);
      response.end('done');
    });
    await Promise.all([ask(url), ask(url), ask(url)]);
    expect(await ask(url)).toBe('done');
    expect(connections.size).toBe(4);
  });

  test('is closed at once when it is not waited for, before headers and after', async () => {
    const url = await serve(({ url: path }, response) => void (path === '/body' && response.write('{')));
    for (const path of ['headers', 'body']) {
      const abort = new AbortController();
      const failed = expect(ask(url + path, abort.signal)).rejects.toThrow('stopped');
      await expect.poll(() => connections.size).toBe(1);
      await delay(50);
      abort.abort(new Error('stopped'));
      await failed;
      await expect.poll(() => [...connections].every((socket) => socket.destroyed)).toBe(true);
      connections.clear();
    }
  });

  test('is closed when the answer is of no use', async () => {
    const url = await serve((_, response) => void response.write('endless'));
    const unread = exchange(url, { method: 'GET', headers: {} }, PATIENCE, never, async () => {
      throw new ModelError('refused', 'not that');
    });
    await expect(unread).rejects.toThrow('not that');
    await expect.poll(() => [...connections].every((socket) => socket.destroyed)).toBe(true);
  });

  test.each([
    ['breaks off before an answer', 'unreachable', (socket: Socket) => socket.destroy()],
    [
      'breaks off in an answer',
      'broken_off',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n'),
    ],
    [
      'ends before the length that was told',
      'broken_off',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'),
    ],
    ['speaks something else', 'unreachable', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ])('that %s is “%s”', async (_, kind, act) => {
    const url = await serve(({ socket }) => void act(socket));
    await expect(ask(url)).rejects.toMatchObject({ kind });
  });
});
