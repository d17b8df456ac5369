import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { blocksOf, readBytes } from './read-bytes.ts';
import { testWorkspace } from './test-call.ts';

const CONTENT = Buffer.from(Array.from({ length: 30_000 }, (_, n) => `${n}\n`).join(''));

test('bytes from anywhere, fewer only at the end', async () => {
  await using room = testWorkspace();
  await using file = await open(room.put('a', CONTENT));
  expect(await readBytes(file, 0, 10)).toEqual(CONTENT.subarray(0, 10));
  expect(await readBytes(file, 1_000, 100_000)).toEqual(CONTENT.subarray(1_000, 101_000));
  expect(await readBytes(file, CONTENT.length - 3, 10)).toEqual(CONTENT.subarray(-3));
  expect(await readBytes(file, CONTENT.length, 10)).toHaveLength(0);
});

test.each([0, 1, 64 * 1024, 100_000, 10_000_000])('blocks of the first %d bytes, of what there is', async (most) => {
  await using room = testWorkspace();
  await using file = await open(room.put('a', CONTENT));
  const blocks: Buffer[] = [];
  for await (const block of blocksOf(file, most, new AbortController().signal)) blocks.push(Buffer.from(block));
  expect(Buffer.concat(blocks)).toEqual(CONTENT.subarray(0, most));
});

test('no block after the signal', async () => {
  await using room = testWorkspace();
  await using file = await open(room.put('a', CONTENT));
  const controller = new AbortController();
  const blocks = blocksOf(file, CONTENT.length, controller.signal);
  await blocks.next();
  controller.abort('cancelled');
  await expect(blocks.next()).rejects.toBe('cancelled');
});
