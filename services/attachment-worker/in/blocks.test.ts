import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { inBlocks } from './blocks.ts';

test.each([
  ['nothing', []],
  ['a little', [5]],
  ['odd pieces', [1, 300_000, 65_536, 7, 524_288, 999_999]],
  ['one that is larger than several blocks', [2_000_000]],
  ['exactly one block', [524_288]],
])('%s comes out as it went in', async (_, sizes) => {
  const pieces = sizes.map((size) => randomBytes(size));
  const written: Buffer[] = [];
  const blocks = inBlocks(async (block) => {
    written.push(Buffer.from(block));
  });
  for (const piece of pieces) await blocks.write(piece);
  await blocks.flush();
  expect(Buffer.concat(written).equals(Buffer.concat(pieces))).toBe(true);
  expect(written.slice(0, -1).every(({ length }) => length === 524_288)).toBe(true);
});
