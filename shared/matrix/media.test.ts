import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { downloadMedia } from './download-media.ts';
import type { MatrixHttp } from './http.ts';
import { type MediaUpload, maxUploadBytes, putMedia, reserveMedia, uploadMedia, uploadSmall } from './media.ts';
import { type Answer, refuse, TestHttpServers } from './test-http-server.ts';
import { HOMESERVER, newPerson, type TestPerson } from './test-people.ts';

const MB = 1024 * 1024;
const servers = new TestHttpServers();
afterEach(() => servers.close());

/** A homeserver that does not say its limit. */
const homeserver = (answer: Answer) =>
  servers.homeserver((request, response) =>
    (request.url?.endsWith('/media/config') ? refuse(404, 'M_UNRECOGNIZED') : answer)(request, response),
  );

async function* pieces(size: number, piece = 64 * 1024): AsyncGenerator<Buffer> {
  for (let left = size; left > 0; left -= piece) yield Buffer.alloc(Math.min(piece, left), 'x');
}

const file = (size: number, more: Partial<MediaUpload> = {}): MediaUpload => ({
  open: () => pieces(size),
  size,
  type: 'text/plain',
  name: 'a b.txt',
  idleMs: 5_000,
  ...more,
});

function take(request: IncomingMessage, response: ServerResponse): Promise<number> {
  return new Promise((resolve) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      response.end('{"content_uri":"mxc://home/id"}');
      resolve(bytes);
    });
  });
}

const failure = (http: MatrixHttp, upload: MediaUpload) =>
  uploadMedia(http, upload).then(
    () => expect.unreachable('it was uploaded'),
    (thrown) => thrown,
  );

describe('an upload', () => {
  test('goes with its length, type and name; what is no type goes without one', async () => {
    const got: unknown[] = [];
    const http = await homeserver(async (request, response) => {
      const { url, headers } = request;
      got.push([url, headers['content-length'], headers['content-type'], headers.authorization]);
      got.push(await take(request, response));
    });
    const path = '/_matrix/media/v3/upload?filename=a+b.txt';
    expect(await uploadMedia(http, file(200_001))).toBe('mxc://home/id');
    expect(await uploadMedia(http, file(0, { type: 'a\r\nb: c' }))).toBe('mxc://home/id');
    expect(got).toEqual([
      [path, '200001', 'text/plain', 'Bearer secret-token'],
      200_001,
      [path, '0', 'application/octet-stream', 'Bearer secret-token'],
      0,
    ]);
  });

  test('gives no more than the homeserver takes', async () => {
    let go: (() => void) | undefined;
    const http = await homeserver((request, response) => {
      go = () => void take(request, response);
    });
    let given = 0;
    async function* counted() {
      for await (const piece of pieces(40 * MB)) {
        given += piece.length;
        yield piece;
      }
    }
    const uploading = uploadMedia(http, file(40 * MB, { open: counted }));
    let before = 0;
    const stands = () => {
      const still = given > 0 && given === before;
      before = given;
      return still;
    };
    await expect.poll(stands, { interval: 200 }).toBe(true);
    // The sockets of both sides hold a few MB; the file has 40.
    expect(given).toBeLessThan(16 * MB);
    go?.();
    expect(await uploading).toBe('mxc://home/id');
  });

  test('may have all its chunks in one buffer, also where the homeserver is slow to take them', async () => {
    const size = 20 * MB + 3;
    const content = randomBytes(size);
    const buffer = Buffer.alloc(512 * 1024);
    async function* blocks() {
      for (let at = 0; at < size; at += buffer.length) {
        const length = content.copy(buffer, 0, at, at + buffer.length);
        yield buffer.subarray(0, length);
      }
    }
    const hash = createHash('sha256');
    const http = await homeserver(async (request, response) => {
      for await (const piece of request) {
        hash.update(piece as Buffer);
        await new Promise(setImmediate);
      }
      response.end('{"content_uri":"mxc://home/id"}');
    });
    await uploadMedia(http, file(size, { open: blocks }));
    expect(hash.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
  });

  test('of another length than it was said to have is stopped', async () => {
    let whole = 0;
    const http = await homeserver(async (request, response) => {
      await take(request, response);
      whole += 1;
    });
    for (const open of [() => pieces(99_999), () => pieces(100_001), () => pieces(5 * MB), () => pieces(0)])
      expect(await failure(http, file(100_000, { open }))).toMatchObject({ code: 'file_changed' });
    expect(await failure(http, file(0, { open: () => pieces(1) }))).toMatchObject({ code: 'file_changed' });
    expect(await uploadMedia(http, file(1_000))).toBe('mxc://home/id');
    expect(whole).toBe(1);
  });

  test('whose source breaks throws what broke it; the source is closed whatever happens', async () => {
    const http = await homeserver((request, response) => void take(request, response));
    const broken = Object.assign(new Error('EIO'), { code: 'EIO' });
    const breaks = Readable.from(
      (async function* () {
        yield Buffer.alloc(10);
        throw broken;
      })(),
    );
    expect(await failure(http, file(100, { open: () => breaks }))).toBe(broken);
    const cannot = () => {
      throw broken;
    };
    expect(await failure(http, file(100, { open: cannot }))).toBe(broken);
    const resets = await homeserver((request) => void request.once('data', () => request.socket.resetAndDestroy()));
    const stuck = new Readable({ read() {} });
    stuck.push(Buffer.alloc(10));
    expect(await failure(resets, file(100, { open: () => stuck }))).toMatchObject({ code: 'matrix_unavailable' });
    let closed = false;
    async function* closing() {
      try {
        yield* pieces(50 * MB);
      } finally {
        closed = true;
      }
    }
    expect(await failure(resets, file(50 * MB, { open: closing }))).toMatchObject({ code: 'matrix_unavailable' });
    await expect.poll(() => [stuck.destroyed, closed]).toEqual([true, true]);
    await servers.close();
    expect(await failure(resets, file(1, { open: () => expect.unreachable('it was opened') }))).toMatchObject({
      code: 'matrix_unavailable',
    });
  });

  test('that stalls, on either side, is an outage; an abort is none', async () => {
    const silent = await homeserver(() => {});
    expect(await failure(silent, file(40 * MB, { idleMs: 150 }))).toMatchObject({
      code: 'matrix_unavailable',
      message: expect.stringContaining('the homeserver took nothing for 150 ms'),
    });
    const stuck = new Readable({ read() {} });
    expect(await failure(silent, file(10, { idleMs: 60, open: () => stuck }))).toMatchObject({
      code: 'matrix_unavailable',
      message: expect.stringContaining('the file to send gave nothing for 60 ms'),
    });
    expect(stuck.destroyed).toBe(true);
    const stop = new AbortController();
    const uploading = failure(silent, file(40 * MB, { signal: stop.signal }));
    setTimeout(() => stop.abort({ cancel: true }), 50);
    expect(await uploading).toMatchObject({ name: 'AbortError', cause: { cancel: true } });
  });

  test.each([
    [413, 'M_TOO_LARGE', { code: 'file_too_large' }],
    [413, '', { code: 'file_too_large' }],
    [403, 'M_FORBIDDEN', { code: 'matrix_refused', status: 403, errcode: 'M_FORBIDDEN' }],
    [429, 'M_LIMIT_EXCEEDED', { code: 'matrix_limited' }],
    [401, 'M_UNKNOWN_TOKEN', { code: 'matrix_token_invalid' }],
    [500, 'M_UNKNOWN', { code: 'matrix_unavailable' }],
    [307, 'M_UNKNOWN', { code: 'matrix_unavailable' }],
    [200, 'no content_uri', { code: 'matrix_unavailable' }],
  ])('that is answered by %i %s, before it was read and after, is %j', async (status, errcode, error) => {
    const early = await homeserver(refuse(status, errcode));
    expect(await failure(early, file(3 * MB))).toMatchObject(error);
    const late = await homeserver((request, response) => {
      request.resume().on('end', () => refuse(status, errcode)(request, response));
    });
    expect(await failure(late, file(3 * MB))).toMatchObject(error);
  });
});

test('an upload that breaks is too large where the homeserver’s limit says so, else an outage', async () => {
  const http = await servers.homeserver((request, response) => {
    if (request.url?.includes('/config')) response.end('{"m.upload.size":1000000}');
    else request.once('data', () => request.socket.resetAndDestroy());
  });
  expect(await failure(http, file(1_000_001))).toMatchObject({ code: 'file_too_large' });
  expect(await failure(http, file(1_000_000))).toMatchObject({ code: 'matrix_unavailable' });
});

test('the homeserver’s limit: what it says, or null', async () => {
  let body = '{"m.upload.size":5000}';
  const http = await servers.homeserver((_, response) => response.end(body));
  expect(await maxUploadBytes(http)).toBe(5_000);
  for (body of ['{}', '{"m.upload.size":null}', '{"m.upload.size":"1"}', '{"m.upload.size":-1}'])
    expect(await maxUploadBytes(http)).toBeNull();
  expect(await maxUploadBytes(await servers.homeserver(refuse(404, 'M_UNRECOGNIZED')))).toBeNull();
  const forbidden = await servers.homeserver(refuse(403, 'M_FORBIDDEN'));
  await expect(maxUploadBytes(forbidden)).rejects.toMatchObject({ code: 'matrix_refused' });
});

describe.skipIf(!HOMESERVER)('on a real homeserver', () => {
  let person: TestPerson;
  beforeAll(async () => {
    person = await newPerson('files');
  });
  afterAll(() => person.http.close());

  async function hashOf(url: string, { totalMs } = { totalMs: 60_000 }): Promise<string> {
    const hash = createHash('sha256');
    const limits = { maxBytes: 100 * MB, idleMs: 20_000, totalMs };
    await downloadMedia(person.http, { url, ...limits }, async (chunk) => void hash.update(chunk));
    return hash.digest('hex');
  }

  test.each([0, 1, 20 * MB + 3])('%i bytes come down as they went up', async (size) => {
    const content = randomBytes(size);
    async function* open() {
      for (let at = 0; at < size; at += 100_000) yield content.subarray(at, at + 100_000);
    }
    const sent = createHash('sha256').update(content).digest('hex');
    const url = await uploadMedia(person.http, file(size, { open, name: 'ы?&/../#.txt', idleMs: 20_000 }));
    expect(await hashOf(url)).toBe(sent);
    if (size < MB)
      expect(await hashOf(await uploadSmall(person.http, { content, type: 'text/plain', name: 'x' }))).toBe(sent);
  });

  test('a reserved place is filled once, however often it is filled', async () => {
    const to = await reserveMedia(person.http);
    await expect(hashOf(to, { totalMs: 500 })).rejects.toMatchObject({ code: 'matrix_unavailable' });
    await putMedia(person.http, { ...file(3 * MB), to });
    await putMedia(person.http, { ...file(3 * MB), to });
    const content = Buffer.alloc(3 * MB, 'x');
    expect(await hashOf(to)).toBe(createHash('sha256').update(content).digest('hex'));
    await expect(putMedia(person.http, { ...file(3), to: `${to}x` })).rejects.toMatchObject({ status: 404 });
  });

  test('a reserved place stays empty while an upload to it broke off before its last byte', async () => {
    const to = await reserveMedia(person.http);
    const broken = new Error('another hash');
    async function* open() {
      yield* pieces(3 * MB - 1);
      throw broken;
    }
    await expect(putMedia(person.http, { ...file(3 * MB, { open }), to })).rejects.toBe(broken);
    await expect(hashOf(to, { totalMs: 500 })).rejects.toMatchObject({ code: 'matrix_unavailable' });
    await putMedia(person.http, { ...file(2 * MB), to });
    expect(await hashOf(to)).toBe(
      createHash('sha256')
        .update(Buffer.alloc(2 * MB, 'x'))
        .digest('hex'),
    );
  });

  test('what is not there, and what is above its limit', async () => {
    const server = person.userId.slice(person.userId.indexOf(':') + 1);
    await expect(hashOf(`mxc://${server}/nothing`)).rejects.toMatchObject({ code: 'file_unavailable' });
    const most = await maxUploadBytes(person.http);
    expect(most).toBeGreaterThan(MB);
    expect(await failure(person.http, file(most! + 1, { idleMs: 20_000 }))).toMatchObject({ code: 'file_too_large' });
  });
});
