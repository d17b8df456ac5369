import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EventId, OpId, RoomId, SessionId } from '../../../shared/ids/ids.ts';
import type { RunContext } from '../../../shared/lane/run-lane.ts';
import { TestHttpServers } from '../../../shared/matrix/test-http-server.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { findFileOut, type Offer, recordOffer } from '../../../shared/store/files-out.ts';
import { type FreshDatabase, freshDatabase } from '../../../shared/store/fresh-database.ts';
import { outgoingFolder } from '../../../shared/volume/layout.ts';
import { testVolume } from '../../../shared/volume/test-volume.ts';
import type { AttachmentDeps } from '../attachment-deps.ts';
import { pngOfZeros } from '../look/test-media.ts';
import { sendOut } from './send-out.ts';
import { TestMediaServer } from './test-media-server.ts';

const MB = 1024 ** 2;
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
/** Large enough to be sent straight, with a head that is no format of anything. */
const large = (size = 20 * MB) => Buffer.concat([Buffer.alloc(4), randomBytes(size - 4)]);

let database: FreshDatabase;
const servers = new TestHttpServers();
beforeAll(async () => {
  database = await freshDatabase(2);
});
afterEach(() => servers.close());
afterAll(() => database.drop());

let count = 0;

/** An offer of `outbox/a.bin` and all that sends it. */
async function withOffer(content: Buffer, offered: Partial<Offer> = {}, more: Partial<AttachmentDeps> = {}) {
  const volume = testVolume();
  const server = new TestMediaServer();
  const http = await server.open(servers);
  const path = volume.put('outbox/a.bin', content);
  count += 1;
  const op = `op-${count}` as OpId;
  const offer = { path: 'outbox/a.bin', name: 'a.bin', mime: 'application/octet-stream', ...offered };
  await recordOffer(database, {
    op,
    room: '!a:x' as RoomId,
    cause: '$a' as EventId,
    workspace: 'chat-1' as SessionId,
    offer,
  });
  const copies = () =>
    existsSync(outgoingFolder(volume.agentsDir)) ? readdirSync(outgoingFolder(volume.agentsDir)) : [];
  const deps = {
    database,
    http,
    agentsDir: volume.agentsDir,
    limits: { fileBytes: 64 * MB },
    refused: [],
    scan: null,
    log: createLog('silent', {}),
    ...more,
  } as unknown as AttachmentDeps;
  const send = (signal = new AbortController().signal) => sendOut(op, { signal } as RunContext, deps);
  const replace = (other: Buffer) => {
    writeFileSync(`${path}.new`, other);
    renameSync(`${path}.new`, path);
  };
  const row = async () => (await findFileOut(database, op))!;
  return {
    volume,
    server,
    path,
    op,
    send,
    replace,
    row,
    copies,
    [Symbol.asyncDispose]: () => volume[Symbol.asyncDispose](),
  };
}

describe('a large file', () => {
  test.each([true, false])('goes straight from the workspace; offered with its hash: %s', async (said) => {
    const content = large();
    await using file = await withOffer(content, said ? { sha256: sha256(content) } : {});
    let copies: string[] | undefined;
    file.server.onBytes = () => {
      copies = file.copies();
    };
    await file.send();
    expect(copies).toEqual([]);
    expect(file.server.uploads).toEqual([{ to: '1', whole: true, bytes: content.length, sha256: sha256(content) }]);
    const { state, reference, result, offer } = await file.row();
    expect([state, reference, offer.sha256]).toEqual(['uploaded', 'mxc://home/1', sha256(content)]);
    expect(result).toEqual({ name: 'a.bin', kind: 'file', mime: 'application/octet-stream', size: content.length });
    expect(file.copies()).toEqual([]);
  });

  test('with another hash than was offered is refused, and the homeserver never had all of it', async () => {
    await using file = await withOffer(large(), { sha256: sha256(Buffer.from('other')) });
    await file.send();
    expect(await file.row()).toMatchObject({ state: 'refused', result: { code: 'file_changed' } });
    expect(file.server.uploads).toEqual([expect.objectContaining({ whole: false })]);
    expect(file.server.filled.size).toBe(0);
    expect(file.copies()).toEqual([]);
  });

  test('that is replaced while it is sent is sent as what it is then, to the same place', async () => {
    const other = large(21 * MB);
    await using file = await withOffer(large());
    file.server.onBytes = () => file.replace(other);
    await file.send();
    expect(file.server.uploads.map(({ to, whole }) => [to, whole])).toEqual([
      ['1', false],
      ['1', true],
    ]);
    expect(file.server.filled.get('1')).toBe(sha256(other));
    expect(await file.row()).toMatchObject({ state: 'uploaded', result: { size: other.length } });
  });

  test('that is replaced while it is sent, and has the hash that was offered only then, is sent', async () => {
    const whole = large();
    await using file = await withOffer(whole.subarray(0, 12 * MB), { sha256: sha256(whole) });
    file.server.onBytes = () => file.replace(whole);
    await file.send();
    expect([...file.server.filled.values()]).toEqual([sha256(whole)]);
  });

  test('that is cut short while it is sent is not sent', async () => {
    const content = large();
    await using file = await withOffer(content, { sha256: sha256(content) });
    file.server.onBytes = () => truncateSync(file.path, 9 * MB);
    await file.send();
    expect(await file.row()).toMatchObject({ state: 'refused', result: { code: 'file_changed' } });
    expect(file.server.filled.size).toBe(0);
  });

  test.each([
    ['is the same', undefined],
    ['has changed', large(22 * MB)],
  ])('whose upload broke in its middle, and which %s, goes as it is then', async (_, other) => {
    const content = large();
    await using file = await withOffer(content);
    file.server.onBytes = (request) => request.socket.resetAndDestroy();
    await expect(file.send()).rejects.toMatchObject({ code: 'matrix_unavailable' });
    if (other) file.replace(other);
    await file.send();
    expect(file.server.uploads.map(({ to, whole }) => [to, whole])).toEqual([
      ['1', false],
      ['1', true],
    ]);
    expect(file.server.filled.get('1')).toBe(sha256(other ?? content));
  });

  test('that the homeserver took, without our knowing, goes there again as the same', async () => {
    const content = large();
    await using file = await withOffer(content);
    file.server.losesAnswer = true;
    await expect(file.send()).rejects.toMatchObject({ code: 'matrix_unavailable' });
    await file.send();
    expect(await file.row()).toMatchObject({ state: 'uploaded', reference: 'mxc://home/1' });
    expect(file.server.uploads.map((upload) => upload.sha256)).toEqual([sha256(content), sha256(content)]);
    expect(file.server.places).toBe(1);
  });

  test.each<[string, (file: Awaited<ReturnType<typeof withOffer>>) => void, string]>([
    ['changed', (file) => file.replace(large()), 'file_changed'],
    ['gone', (file) => rmSync(file.path), 'file_unavailable'],
  ])(
    'that the homeserver took, without our knowing, and that is %s, is never called what it is not',
    async (_, act, code) => {
      const content = large();
      await using file = await withOffer(content);
      file.server.losesAnswer = true;
      await expect(file.send()).rejects.toMatchObject({ code: 'matrix_unavailable' });
      act(file);
      await file.send();
      expect(await file.row()).toMatchObject({ state: 'refused', result: { code } });
      expect(file.server.uploads).toHaveLength(1);
    },
  );

  test('is sent by the one of two workers that has settled it; the other one leaves nothing of its own', async () => {
    const content = large();
    await using file = await withOffer(content);
    const other = new Promise<void>((resolve, reject) => {
      file.server.onBytes = () => file.send().then(resolve, reject);
    });
    await Promise.all([file.send(), other]);
    expect(file.server.filled.get((await file.row()).reference!.split('/').at(-1)!)).toBe(sha256(content));
    expect(await file.row()).toMatchObject({ state: 'uploaded', result: { size: content.length } });
  });

  test('stops when its run is aborted', async () => {
    await using file = await withOffer(large());
    const stop = new AbortController();
    file.server.onBytes = () => stop.abort(new Error('stopped'));
    await expect(file.send(stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => file.server.uploads).toEqual([expect.objectContaining({ whole: false })]);
    expect((await file.row()).state).toBe('offered');
  });

  test('of a type that is refused does not reach the homeserver', async () => {
    const content = Buffer.concat([Buffer.from('7f454c46020101', 'hex'), randomBytes(9 * MB)]);
    await using file = await withOffer(content, {}, { refused: ['application/x-elf'] });
    await file.send();
    expect(await file.row()).toMatchObject({ state: 'refused', result: { code: 'file_refused' } });
    expect([file.server.places, file.server.uploads]).toEqual([0, []]);
  });
});

describe('a copy is sent', () => {
  /** What lies in the folder of copies while the first bytes arrive. */
  async function copiesDuring(file: Awaited<ReturnType<typeof withOffer>>): Promise<readonly string[] | undefined> {
    let seen: string[] | undefined;
    file.server.onBytes = () => {
      seen = file.copies();
    };
    await file.send();
    expect((await file.row()).state).toBe('uploaded');
    return seen;
  }

  test('of what is small, and of what has to be looked at as a whole', async () => {
    await using small = await withOffer(Buffer.from('small'));
    expect(await copiesDuring(small)).toEqual([small.op]);
    await using picture = await withOffer(Buffer.concat([pngOfZeros(10, 10), randomBytes(9 * MB)]));
    expect(await copiesDuring(picture)).toEqual([picture.op]);
  });

  test('of what is to be scanned: nothing leaves before the scan has seen all of it', async () => {
    const content = large();
    const seen: unknown[] = [];
    const scan = async (path: string) => {
      seen.push([path.endsWith('/outbox/a.bin'), file.server.places]);
    };
    await using file = await withOffer(content, {}, { scan });
    expect(await copiesDuring(file)).toEqual([file.op]);
    expect(seen).toEqual([[false, 0]]);
  });

  test('where an earlier attempt has made it, though the file is gone', async () => {
    const content = large();
    await using file = await withOffer(content);
    rmSync(file.path);
    const folder = outgoingFolder(file.volume.agentsDir);
    file.volume.put(join('..', '.outgoing', file.op), content);
    await file.send();
    expect(file.server.filled.get('1')).toBe(sha256(content));
    expect(readdirSync(folder)).toEqual([]);
  });
});
