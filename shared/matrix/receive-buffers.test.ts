import { randomBytes } from 'node:crypto';
import { setImmediate as round } from 'node:timers/promises';
import { afterAll, afterEach, expect, test } from 'vitest';
import { TestCertificate } from '../runtime/test-certificate.ts';
import { downloadMedia } from './download-media.ts';
import type { MatrixHttp } from './http.ts';
import { giveBack } from './receive-buffers.ts';
import { type Answer, TestHttpServers } from './test-http-server.ts';

const MB = 1024 * 1024;
const servers = new TestHttpServers();
const certificate = new TestCertificate();
afterEach(() => servers.close());
afterAll(() => certificate[Symbol.dispose]());

const CONTENT = randomBytes(12 * MB);
const MEDIA = { url: 'mxc://a/b', maxBytes: CONTENT.length, idleMs: 10_000, totalMs: 60_000 };
const whole: Answer = (_, response) => void response.setHeader('content-length', CONTENT.length).end(CONTENT);

/** Pieces of all sizes, without a length: between them stand their own. */
const inPieces: Answer = (_, response) => {
  let at = 0;
  const more = () => {
    while (at < CONTENT.length) {
      const piece = CONTENT.subarray(at, at + 1 + Math.floor(Math.random() * 100_000));
      at += piece.length;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
};

/** Holds up to `most` chunks, and compares each with what it has to be when it gives it back. @returns memory that was read into. */
async function receive(http: MatrixHttp, most: number): Promise<Set<ArrayBufferLike>> {
  const memory = new Set<ArrayBufferLike>();
  const held: { chunk: Buffer; at: number }[] = [];
  let at = 0;
  const give = (count: number) => {
    for (const one of held.splice(0, count)) {
      expect(one.chunk.equals(CONTENT.subarray(one.at, one.at + one.chunk.length))).toBe(true);
      giveBack(one.chunk);
    }
  };
  await downloadMedia(http, MEDIA, async (chunk) => {
    memory.add(chunk.buffer);
    held.push({ chunk, at });
    at += chunk.length;
    if (Math.random() < 0.5) await round();
    if (held.length > Math.random() * most) give(1 + Math.floor(Math.random() * held.length));
  });
  give(held.length);
  expect(at).toBe(CONTENT.length);
  return memory;
}

test.each([
  ['with a length', whole, false],
  ['with a length, over TLS', whole, true],
  ['in pieces', inPieces, false],
  ['in pieces, over TLS', inPieces, true],
])('a body %s is what was sent, whenever its memory is given back', async (_, answer, secure) => {
  const http = servers.connect(await (secure ? servers.serveSecurely(certificate, answer) : servers.serve(answer)));
  for (let times = 0; times < 3; times++) await Promise.all([1, 4, 16].map((most) => receive(http, most)));
});

test('memory that is given back is read into again, and what is kept is not', async () => {
  const http = await servers.homeserver(whole);
  expect((await receive(http, 1)).size).toBeLessThan(20);
  const kept: Buffer[] = [];
  const keep = async (chunk: Buffer) => void kept.push(chunk);
  await downloadMedia(http, MEDIA, keep);
  await downloadMedia(http, MEDIA, keep);
  expect(Buffer.concat(kept).equals(Buffer.concat([CONTENT, CONTENT]))).toBe(true);
});

test('bytes of other memory may be given back, too', () => {
  expect(() => giveBack(Buffer.alloc(10))).not.toThrow();
});
