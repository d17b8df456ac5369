import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { registry } from '../runtime/metrics.ts';
import { downloadMedia, type MediaDownload } from './download-media.ts';
import type { MatrixHttp } from './http.ts';
import { type Answer, pour, refuse, TestHttpServers } from './test-http-server.ts';

const MB = 1024 * 1024;
const servers = new TestHttpServers();
afterEach(() => servers.close());

const media: MediaDownload = {
  url: 'mxc://far.example:8448/Id_-1',
  maxBytes: 100 * MB,
  idleMs: 5_000,
  totalMs: 20_000,
};

async function download(http: MatrixHttp, more: Partial<MediaDownload> = {}): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const { bytes } = await downloadMedia(http, { ...media, ...more }, async (chunk) => void chunks.push(chunk));
  const content = Buffer.concat(chunks);
  expect(bytes).toBe(content.length);
  return content;
}

/** The error, of which no text has the token. */
async function failure(http: MatrixHttp, more: Partial<MediaDownload> = {}): Promise<SurfacesError> {
  const error = await download(http, more).then(
    () => expect.unreachable('it was downloaded'),
    (thrown) => thrown,
  );
  expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain('secret-token');
  return error;
}

test('asks with the token for the id of the server, and gives the content, also one of 0 bytes', async () => {
  const asked: unknown[] = [];
  let content = randomBytes(300_000);
  const http = await servers.homeserver(({ url, headers }, response) => {
    asked.push(url, headers.authorization, headers['accept-encoding']);
    response.end(content);
  });
  expect((await download(http)).equals(content)).toBe(true);
  content = Buffer.alloc(0);
  expect(await download(http)).toHaveLength(0);
  const path = '/_matrix/client/v1/media/download/far.example%3A8448/Id_-1';
  expect(asked.slice(0, 3)).toEqual([path, 'Bearer secret-token', 'identity']);
  expect(await registry.metrics()).toMatch(/matrix_requests_total\{kind="download",outcome="ok"\} \d/);
});

test('connections are kept when a file is read to its end', async () => {
  const ports = new Set<number | undefined>();
  const http = await servers.homeserver(({ socket }, response) => {
    ports.add(socket.remotePort);
    response.end('content');
  });
  for (let index = 0; index < 5; index++) await download(http);
  // A connection is free only a turn of the event loop after its last byte.
  expect(ports.size).toBeLessThanOrEqual(2);
});

describe('what is no file for us', () => {
  test.each([
    [404, 'M_NOT_FOUND', 'file_unavailable'],
    [403, 'M_FORBIDDEN', 'file_unavailable'],
    [410, 'M_UNKNOWN', 'file_unavailable'],
    [401, 'M_UNAUTHORIZED', 'file_unavailable'],
    [502, 'M_TOO_LARGE', 'file_unavailable'],
    [401, 'M_UNKNOWN_TOKEN', 'matrix_token_invalid'],
    [504, 'M_NOT_YET_UPLOADED', 'matrix_unavailable'],
    [500, 'M_UNKNOWN', 'matrix_unavailable'],
    [302, 'M_UNKNOWN', 'matrix_unavailable'],
  ])('%i %s is %s', async (status, errcode, code) => {
    const http = await servers.homeserver(refuse(status, errcode, { location: '/elsewhere' }));
    expect(await failure(http)).toMatchObject({ code });
  });

  test('a 429 says how long to wait, and the next try gets the file', async () => {
    let answer: Answer = refuse(429, 'M_LIMIT_EXCEEDED', { 'retry-after': '3' });
    const http = await servers.homeserver((request, response) => answer(request, response));
    expect(await failure(http)).toMatchObject({ code: 'matrix_limited', retryAfterMs: 3_000 });
    answer = (_, response) => response.end('content');
    expect(String(await download(http))).toBe('content');
  });

  test.each([
    'https://far.example/a',
    'mxc://far.example',
    'mxc://far.example/a/b',
    'mxc://../config',
    'mxc://a?b/c',
    '',
  ])('the address “%s” is asked of nobody', async (url) => {
    const http = await servers.homeserver(() => expect.unreachable('it was asked'));
    expect(await failure(http, { url })).toMatchObject({ code: 'file_unavailable' });
  });

  test('an answer without an end of its text, or packed, is none either', async () => {
    const endless = await servers.homeserver((_, response) => pour(response.writeHead(404), { sent: 0 }));
    expect(await failure(endless)).toMatchObject({ code: 'file_unavailable' });
    const packed = await servers.homeserver((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    );
    expect(await failure(packed)).toMatchObject({ code: 'file_unavailable', message: expect.stringContaining('gzip') });
  });

  test('nobody there', async () => {
    const http = await servers.homeserver(() => {});
    await servers.close();
    expect(await failure(http)).toMatchObject({ code: 'matrix_unavailable' });
  });
});

describe('a redirect', () => {
  const seen: (string | undefined)[] = [];
  const to =
    (location: string, status = 307): Answer =>
    (_, response) =>
      response.writeHead(status, { location }).end('moved');
  const note: Answer = ({ headers, url }, response) => {
    seen.push(headers.authorization);
    response.end(`content of ${url}`);
  };
  afterEach(() => void seen.splice(0));

  test.each([307, 308])('%i to the same origin is followed with the token', async (status) => {
    const http = await servers.homeserver((request, response) =>
      request.url === '/there?a=b' ? note(request, response) : to('/there?a=b', status)(request, response),
    );
    expect(String(await download(http))).toBe('content of /there?a=b');
    expect(seen).toEqual(['Bearer secret-token']);
  });

  test('to another origin is followed without the token, and without it from there on', async () => {
    let home = '';
    const cdn = await servers.serve((request, response) =>
      request.url === '/back' ? to(`${home}/back`)(request, response) : note(request, response),
    );
    let first = `${cdn}/file?signature=s`;
    const answer: Answer = (request, response) => (request.url === '/back' ? note : to(first))(request, response);
    const http = await servers.homeserver((request, response) => {
      home = `http://${request.headers.host}`;
      answer(request, response);
    });
    expect(String(await download(http))).toBe('content of /file?signature=s');
    expect(seen).toEqual([undefined]);
    first = `${cdn}/back`;
    expect(String(await download(http))).toBe('content of /back');
    expect(seen).toEqual([undefined, undefined]);
  });

  test('to another origin carries a large file, and all connections there are closed', async () => {
    const sockets = new Set<{ destroyed: boolean }>();
    const cdn = await servers.serve(({ socket }, response) => {
      sockets.add(socket);
      pour(response, { sent: 0 }, 20 * MB);
    });
    const http = await servers.homeserver(to(cdn));
    expect(await download(http)).toHaveLength(20 * MB);
    expect(await failure(http, { maxBytes: MB })).toMatchObject({ code: 'file_too_large' });
    expect(sockets.size).toBe(2);
    await expect.poll(() => [...sockets].every(({ destroyed }) => destroyed)).toBe(true);
  });

  test('a refusal from elsewhere says nothing of our token, and its address stays untold', async () => {
    const cdn = await servers.serve(refuse(401, 'M_UNKNOWN_TOKEN'));
    const http = await servers.homeserver(to(`${cdn}/file?signature=s`));
    const error = await failure(http);
    expect(error).toMatchObject({ code: 'file_unavailable', message: expect.stringContaining(`${cdn}/file: 401`) });
    expect(error.message).not.toContain('signature');
  });

  test.each(['file:///etc/passwd', 'javascript:alert(1)', 'data:text/plain,x', 'http://[', ''])(
    'to “%s” is not followed',
    async (location) => {
      expect(await failure(await servers.homeserver(to(location)))).toMatchObject({ code: 'file_unavailable' });
    },
  );

  test('is followed three times and no more', async () => {
    let asked = 0;
    const loop = await servers.homeserver((request, response) => {
      asked += 1;
      to('/again')(request, response);
    });
    expect(await failure(loop)).toMatchObject({
      code: 'file_unavailable',
      message: expect.stringContaining('redirects'),
    });
    expect(asked).toBe(4);
    const third = await servers.homeserver((request, response) => {
      const at = Number(request.url?.slice(1)) || 0;
      (at === 3 ? note : to(`/${at + 1}`))(request, response);
    });
    expect(String(await download(third))).toBe('content of /3');
  });
});

describe('a body', () => {
  test('without an end is read to the limit and hardly further', async () => {
    const count = { sent: 0 };
    let closed = false;
    const http = await servers.homeserver((_, response) => {
      response.on('close', () => {
        closed = true;
      });
      pour(response, count);
    });
    let written = 0;
    const limited = downloadMedia(http, { ...media, maxBytes: 4 * MB }, async (chunk) => {
      written += chunk.length;
    });
    await expect(limited).rejects.toMatchObject({ code: 'file_too_large' });
    await expect.poll(() => closed).toBe(true);
    expect(written).toBeLessThanOrEqual(4 * MB);
    expect(count.sent).toBeLessThan(4 * MB + 12 * MB);
  });

  test('that says beforehand that it is too large is not read; one of exactly the limit is', async () => {
    let closed = false;
    const http = await servers.homeserver((_, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.writeHead(200, { 'content-length': 1_001 });
      response.write('x');
    });
    expect(await failure(http, { maxBytes: 1_000 })).toMatchObject({ code: 'file_too_large' });
    await expect.poll(() => closed).toBe(true);
    const fits = await servers.homeserver((_, response) => response.end(Buffer.alloc(1_000)));
    expect(await download(fits, { maxBytes: 1_000 })).toHaveLength(1_000);
  });

  test('that ends before its content-length, or is cut, is an outage', async () => {
    const short = await servers.homeserver((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('x', () => response.socket?.end());
    });
    const cut = await servers.homeserver((_, response) => {
      response.write(Buffer.alloc(200_000), () => response.socket?.resetAndDestroy());
    });
    for (const http of [short, cut]) expect(await failure(http)).toMatchObject({ code: 'matrix_unavailable' });
  });

  test('longer than its content-length ends there', async () => {
    const http = await servers.homeserver(({ socket }) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfourmore');
    });
    expect(String(await download(http))).toBe('four');
  });

  test('that stalls, and one that never gets done, are outages that say which', async () => {
    const stalled = await servers.homeserver((_, response) => void response.write('x'));
    expect(await failure(stalled, { idleMs: 60 })).toMatchObject({
      code: 'matrix_unavailable',
      message: expect.stringContaining('nothing came of the body for 60 ms'),
    });
    const dripping = await servers.homeserver((_, response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    });
    const silent = await servers.homeserver(() => {});
    for (const http of [dripping, silent])
      expect(await failure(http, { idleMs: 5_000, totalMs: 150 })).toMatchObject({
        code: 'matrix_unavailable',
        message: expect.stringContaining('not done within 150 ms'),
      });
  });

  test('is not read ahead of a slow writer, whose time is not taken for a stall', async () => {
    const count = { sent: 0 };
    const http = await servers.homeserver((_, response) => pour(response, count, 40 * MB));
    let written = 0;
    let most = 0;
    await downloadMedia(http, { ...media, idleMs: 300 }, async (chunk) => {
      if (written < 1_000_000) await delay(written === 0 ? 600 : 5);
      written += chunk.length;
      most = Math.max(most, count.sent - written);
    });
    expect(written).toBe(40 * MB);
    // The sockets of both sides hold a few MB; the file has 40.
    expect(most).toBeLessThan(12 * MB);
  });

  test('is left when it cannot be written, and that error is thrown as it is', async () => {
    let closed = 0;
    const http = await servers.homeserver((_, response) => {
      response.on('close', () => {
        closed += 1;
      });
      pour(response, { sent: 0 });
    });
    const full = new SurfacesError('volume_full', 'no space');
    const broken = Object.assign(new Error('EIO'), { code: 'EIO' });
    for (const error of [full, broken])
      await expect(downloadMedia(http, media, () => Promise.reject(error))).rejects.toBe(error);
    await expect.poll(() => closed).toBe(2);
  });

  test('ends with an abort, when the write under way is done', async () => {
    let closed = false;
    const http = await servers.homeserver((_, response) => {
      response.on('close', () => {
        closed = true;
      });
      pour(response, { sent: 0 });
    });
    const stop = new AbortController();
    let begun = 0;
    let done = 0;
    const downloading = downloadMedia(http, { ...media, signal: stop.signal }, async () => {
      begun += 1;
      if (begun === 5) stop.abort({ cancel: true });
      await delay(5);
      done += 1;
    });
    await expect(downloading).rejects.toMatchObject({ name: 'AbortError', cause: { cancel: true } });
    expect([begun, done]).toEqual([5, 5]);
    await expect.poll(() => closed).toBe(true);
    expect(await failure(http, { signal: stop.signal })).toMatchObject({ name: 'AbortError' });
  });

  test('that is encrypted comes out in plain, and a changed one is told', async () => {
    const [key, iv, plain] = [
      randomBytes(32),
      Buffer.concat([randomBytes(8), Buffer.alloc(8)]),
      randomBytes(3 * MB + 7),
    ];
    const ciphertext = createCipheriv('aes-256-ctr', key, iv).update(plain);
    const sha256 = createHash('sha256').update(ciphertext).digest('base64').replaceAll('=', '');
    const encrypted = { k: key.toString('base64url'), iv: iv.toString('base64').replaceAll('=', ''), sha256 };
    let sent = ciphertext;
    let asked = 0;
    const http = await servers.homeserver((_, response) => {
      asked += 1;
      response.end(sent);
    });
    expect((await download(http, { encrypted })).equals(plain)).toBe(true);
    sent = Buffer.concat([ciphertext.subarray(0, -1), Buffer.from([0])]);
    sent[0]! ^= 1;
    const changed = await failure(http, { encrypted });
    expect(changed).toMatchObject({ code: 'file_unavailable', message: expect.stringContaining('not what was sent') });
    await failure(http, { encrypted: { ...encrypted, k: 'AAAA' } });
    expect(asked).toBe(2);
  });
});
