import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { inBlocks } from './blocks.ts';

test.each([
  ['nothing', [], []],
  ['a little', [5], [1]],
  ['what sockets give', Array.from({ length: 9 }, () => 65_536), [4, 4, 1]],
  ['odd pieces', [1, 300_000, 65_536, 7, 524_288], [2, 3]],
  ['a trickle', Array.from({ length: 40 }, () => 3), [16, 16, 8]],
])('%s comes out as it went in', async (_, sizes, perWrite) => {
  const pieces = sizes.map((size) => randomBytes(size));
  const writes: (readonly Buffer[])[] = [];
  const blocks = inBlocks(async (chunks) => void writes.push(chunks));
  for (const piece of pieces) await blocks.write(piece);
  await blocks.flush();
  expect(writes.flat()).toEqual(pieces);
  expect(writes.map((chunks) => chunks.length)).toEqual(perWrite);
});
