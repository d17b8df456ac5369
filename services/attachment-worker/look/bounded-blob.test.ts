import { describe, expect, test } from 'vitest';
import { BoundedBlob, ReadLimitError, type ReadLimits } from './bounded-blob.ts';

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));

function blobOf(limits: Partial<ReadLimits> = {}, range: { start?: number; end?: number } = {}) {
  const readAt = async (target: Uint8Array, position: number) => CONTENT.copy(target, 0, position);
  const none = { oneRead: 1e9, bytes: 1e9, reads: 1e9, until: Number.POSITIVE_INFINITY };
  return new BoundedBlob(
    { readAt, limits: { ...none, ...limits } },
    { start: 0, end: CONTENT.length, type: 'audio/x', ...range },
  );
}

const read = async (blob: BoundedBlob, from: number, to: number) =>
  Buffer.from(await blob.slice(from, to).arrayBuffer());

test('gives what a Blob of the same bytes gives', async () => {
  const ours = blobOf();
  const theirs = new Blob([CONTENT], { type: 'audio/x' });
  expect([ours.size, ours.type]).toEqual([theirs.size, theirs.type]);
  for (const [from, to] of [
    [0, 4],
    [3, 16_390],
    [16_380, 16_390],
    [2, 3],
    [0, 100_000],
    [99_990, 200_000],
    [200_000, 200_010],
    [50, 40],
  ] as const) {
    const expected = Buffer.from(await theirs.slice(from, to).arrayBuffer());
    expect(await read(ours, from, to)).toEqual(expected);
  }
});

test('begins where it is told to', async () => {
  const blob = blobOf({}, { start: 1000, end: 2000 });
  expect(blob.size).toBe(1000);
  expect(await read(blob, 10, 20)).toEqual(CONTENT.subarray(1010, 1020));
  expect(await read(blob, 990, 5000)).toEqual(CONTENT.subarray(1990, 2000));
});

describe('refuses', () => {
  test('a read that is too large, before it makes room for it', async () => {
    await expect(read(blobOf({ oneRead: 100 }), 0, 101)).rejects.toThrow(ReadLimitError);
    expect(await read(blobOf({ oneRead: 100 }), 0, 100)).toHaveLength(100);
  });

  test('what is too much in all, over all slices', async () => {
    const blob = blobOf({ bytes: 100 });
    await read(blob, 0, 60);
    await read(blob, 0, 40);
    await expect(read(blob, 0, 1)).rejects.toThrow('more than 100 bytes');
  });

  test('too many reads, also of nothing', async () => {
    const blob = blobOf({ reads: 2 });
    await read(blob, 0, 0);
    await read(blob, 0, 0);
    await expect(read(blob, 0, 0)).rejects.toThrow('more than 2 reads');
  });

  test('any read when the time is over', async () => {
    await expect(read(blobOf({ until: performance.now() - 1 }), 0, 1)).rejects.toThrow('out of time');
  });
});

test('a long run of small reads lets others have their turn', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  const blob = blobOf();
  for (let reads = 0; reads < 20_000; reads += 1) await read(blob, 0, 4);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
