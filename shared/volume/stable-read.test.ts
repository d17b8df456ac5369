import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stableRead } from './stable-read.ts';
import { openHandles, type TestVolume, testVolume } from './test-volume.ts';

const MB = 1024 * 1024;
const BLOCK = 512 * 1024;
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

const opened = (volume: TestVolume, path: string, more: { maxBytes?: number; signal?: AbortSignal } = {}) =>
  stableRead({ root: volume.workspace, path, headBytes: 1_000, maxBytes: 64 * MB, ...more });

/** Reads an offered file to its end, and does something to it on the way. @returns what came of it, also where it broke off. */
async function readOf(
  volume: TestVolume,
  path: string,
  options: { before?: () => void; midway?: () => void; agree?: () => void } = {},
) {
  await using read = await opened(volume, path);
  options.before?.();
  const blocks: Buffer[] = [];
  let hash: string | undefined;
  let error: unknown;
  try {
    for await (const block of read.blocks(async (said) => {
      hash = said;
      options.agree?.();
    })) {
      blocks.push(Buffer.from(block));
      if (blocks.length === 2) options.midway?.();
    }
  } catch (thrown) {
    error = thrown;
  }
  return { content: Buffer.concat(blocks), hash, error, size: read.size, head: read.head };
}

describe('an offered file that is read where it lies', () => {
  test.each([0, 1, BLOCK, BLOCK + 1, 5 * MB])(
    'of %i bytes comes as it is, with its hash and its head',
    async (size) => {
      await using volume = testVolume();
      const content = randomBytes(size);
      volume.put('a', content);
      const read = await readOf(volume, 'a');
      expect(read).toMatchObject({ size, hash: sha256(content), error: undefined });
      expect(read.content.equals(content)).toBe(true);
      expect(read.head.equals(content.subarray(0, 1_000))).toBe(true);
    },
  );

  test.each([1, BLOCK, 5 * MB])('of %i bytes never comes whole where its hash is not agreed to', async (size) => {
    await using volume = testVolume();
    volume.put('a', randomBytes(size));
    const refusal = new Error('another was offered');
    const agree = () => {
      throw refusal;
    };
    const { content, error } = await readOf(volume, 'a', { agree });
    expect(error).toBe(refusal);
    expect(content.length).toBe(Math.max(0, size - BLOCK));
  });

  test.each<[string, (path: string) => void]>([
    ['grows', (path) => appendFileSync(path, 'more')],
    ['gets shorter', (path) => truncateSync(path, BLOCK * 3)],
    ['is emptied', (path) => truncateSync(path, 0)],
    ['is written over, in a part that was read', (path) => writeFileSync(path, 'other', { flag: 'r+' })],
    [
      'is written over, with its time set back',
      (path) => {
        const { atime, mtime } = statSync(path);
        writeFileSync(path, 'other', { flag: 'r+' });
        utimesSync(path, atime, mtime);
      },
    ],
    [
      'is replaced',
      (path) => {
        writeFileSync(`${path}.new`, 'new');
        renameSync(`${path}.new`, path);
      },
    ],
    ['is deleted', (path) => unlinkSync(path)],
  ])('never comes whole when it %s meanwhile, and its hash is not asked about', async (_, change) => {
    await using volume = testVolume();
    const path = volume.put('a', randomBytes(2 * MB));
    const { content, hash, error } = await readOf(volume, 'a', { midway: () => change(path) });
    expect(error).toMatchObject({ code: 'file_changed' });
    expect(content.length).toBeLessThan(2 * MB);
    expect(hash).toBeUndefined();
  });

  test('gives nothing at all when it no longer begins with its head', async () => {
    await using volume = testVolume();
    const path = volume.put('a', randomBytes(2 * MB));
    const before = () => writeFileSync(path, 'other', { flag: 'r+' });
    const { content, error } = await readOf(volume, 'a', { before });
    expect([content.length, error]).toEqual([0, expect.objectContaining({ code: 'file_changed' })]);
  });

  test('is whole when it changes after it was agreed to', async () => {
    await using volume = testVolume();
    const content = randomBytes(2 * MB);
    const path = volume.put('a', content);
    const read = await readOf(volume, 'a', { agree: () => appendFileSync(path, randomBytes(MB)) });
    expect([read.error, read.hash, read.content.equals(content)]).toEqual([undefined, sha256(content), true]);
  });

  test('is refused where it is too large, a link, or not there; and no handle stays open', async () => {
    await using volume = testVolume();
    volume.put('a', 'x'.repeat(101));
    symlinkSync('/etc/passwd', join(volume.workspace, 'link'));
    const before = await openHandles();
    for (let n = 0; n < 20; n += 1) {
      await expect(opened(volume, 'a', { maxBytes: 100 })).rejects.toMatchObject({
        code: 'file_too_large',
        limit: 100,
      });
      await expect(opened(volume, 'link')).rejects.toMatchObject({ code: 'file_outside' });
      await expect(opened(volume, 'none')).rejects.toMatchObject({ code: 'file_unavailable' });
      await readOf(volume, 'a');
    }
    expect(await openHandles()).toBeLessThan(before + 10);
  });

  test('ends with the reason of an abort, before it and in its middle', async () => {
    await using volume = testVolume();
    volume.put('a', randomBytes(2 * MB));
    const reason = new Error('stopped');
    await expect(opened(volume, 'a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    await using read = await opened(volume, 'a', { signal: stop.signal });
    const blocks = read.blocks(async () => {});
    await blocks.next();
    stop.abort(reason);
    await expect(blocks.next()).rejects.toBe(reason);
  });
});
