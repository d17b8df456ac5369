import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blocksAt, blocksOf } from './file-blocks.ts';
import { openHandles, testVolume } from './test-volume.ts';

const BLOCK = 512 * 1024;

describe('the blocks of a file', () => {
  test.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 4 * BLOCK])(
    'of %i bytes are all of it, all but the last full',
    async (size) => {
      await using volume = testVolume();
      const content = randomBytes(size);
      const blocks: Buffer[] = [];
      for await (const block of blocksAt(volume.put('a', content))) blocks.push(Buffer.from(block));
      expect(Buffer.concat(blocks).equals(content)).toBe(true);
      expect(blocks.slice(0, -1).every(({ length }) => length === BLOCK)).toBe(true);
      expect(blocks).toHaveLength(Math.ceil(size / BLOCK));
    },
  );

  test('come in one buffer, whatever their number', async () => {
    await using volume = testVolume();
    const buffers = new Set<ArrayBufferLike>();
    for await (const block of blocksAt(volume.put('a', randomBytes(4 * BLOCK)))) buffers.add(block.buffer);
    expect(buffers.size).toBe(1);
  });

  test('leave no handle open, also when nobody wants the rest', async () => {
    await using volume = testVolume();
    const path = volume.put('a', randomBytes(2 * BLOCK));
    const before = await openHandles();
    for (let n = 0; n < 30; n += 1) for await (const _ of blocksAt(path)) break;
    expect(await openHandles()).toBeLessThan(before + 10);
    await expect(blocksAt(join(volume.workspace, 'none')).next()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('end with the reason of an abort, and with what an unreadable disk is to be called', async () => {
    await using volume = testVolume();
    await using file = await open(volume.put('a', randomBytes(2 * BLOCK)));
    const stop = new AbortController();
    const blocks = blocksOf(file, { signal: stop.signal });
    await blocks.next();
    stop.abort(new Error('stopped'));
    await expect(blocks.next()).rejects.toThrow('stopped');
    await using folder = await open(volume.workspace);
    const unreadable = (error: unknown) => new Error('unreadable', { cause: error });
    await expect(blocksOf(folder, { unreadable }).next()).rejects.toMatchObject({
      message: 'unreadable',
      cause: { code: 'EISDIR' },
    });
  });
});
