import { afterEach, expect, test } from 'vitest';
import { createMatrixHttp, type MatrixHttp, path } from './http.ts';
import { type Answer, TestHttpServers } from './test-http-server.ts';

const servers = new TestHttpServers();
afterEach(() => servers.close());

const homeserver = async (answer: Answer): Promise<MatrixHttp> =>
  servers.connect(`${await servers.serve(answer)}/prefix/`);

const get = { kind: 'test', method: 'GET', path: '/_matrix/x' } as const;

test('sends token, query and JSON, and gives the answer’s JSON', async () => {
  const http = await homeserver((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () =>
      response.end(JSON.stringify({ url: request.url, auth: request.headers.authorization, body })),
    );
  });
  const answer = await http.request({
    ...get,
    method: 'PUT',
    query: { a: 'b c', none: undefined },
    body: { text: 'ы' },
  });
  expect(answer).toEqual({ url: '/prefix/_matrix/x?a=b+c', auth: 'Bearer secret-token', body: '{"text":"ы"}' });
});

test('half a surrogate pair goes out as a replacement character', async () => {
  const http = await homeserver((request, response) => void request.pipe(response));
  expect(await http.request({ ...get, method: 'PUT', body: { text: 'cut \ud83d', same: '\\ud83d' } })).toEqual({
    text: 'cut \uFFFD',
    same: '\\ud83d',
  });
});

test('no answer in time, a cut connection and nobody there are matrix_unavailable, and the token is in no message', async () => {
  const silent = await homeserver(() => {});
  const cut = await homeserver((request) => request.socket.destroy());
  const nobody = createMatrixHttp({ baseUrl: 'http://127.0.0.1:1', accessToken: 'secret-token' });
  for (const http of [silent, cut, nobody]) {
    const error = await http.request({ ...get, timeoutMs: 50 }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'matrix_unavailable' });
    expect(`${error.message} ${error.stack}`).not.toContain('secret-token');
  }
});

test('an answer that is not JSON is not an answer', async () => {
  const http = await homeserver((_, response) => response.end('<html>log in to the hotel</html>'));
  await expect(http.request(get)).rejects.toMatchObject({ code: 'matrix_unavailable' });
});

test('an abort rejects at once with the reason, and is not taken for an outage', async () => {
  const http = await homeserver(() => {});
  const stop = new AbortController();
  const asked = http.request({ ...get, signal: stop.signal, retries: 5 });
  stop.abort({ cancel: true });
  await expect(asked).rejects.toMatchObject({ name: 'AbortError', cause: { cancel: true } });
  await expect(http.request({ ...get, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('retries what may be retried, as often as it was told, and waits as long as the homeserver says', async () => {
  let asked = 0;
  const http = await homeserver((_, response) => {
    asked += 1;
    if (asked < 3) response.writeHead(429, { 'content-type': 'application/json' }).end('{"retry_after_ms":30}');
    else response.end('{"ok":true}');
  });
  const started = performance.now();
  expect(await http.request({ ...get, retries: 2 })).toEqual({ ok: true });
  expect(performance.now() - started).toBeGreaterThanOrEqual(60);
  asked = 0;
  await expect(http.request({ ...get, retries: 1 })).rejects.toMatchObject({ code: 'matrix_limited' });
  expect(asked).toBe(2);
});

test('ids of any shape stay in their place of a path', () => {
  expect(path`/rooms/${'!a/../b:x?y#z'}/send`).toBe('/rooms/!a%2F..%2Fb%3Ax%3Fy%23z/send');
});
