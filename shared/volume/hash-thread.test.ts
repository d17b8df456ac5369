import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FollowingHash } from './hash-thread.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'surfaces-hash-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fresh = (name: string): Promise<FileHandle> => open(join(folder, name), 'wx+');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('many files at once, each followed while it grows, have their own hashes', async () => {
  const all = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      await using handle = await fresh(`many${index}`);
      const bytes = randomBytes(3_000_000 + index);
      const hash = new FollowingHash(handle);
      for (let at = 0; at < bytes.length; at += 700_001) {
        await handle.write(bytes.subarray(at, at + 700_001), 0, undefined, at);
        hash.grown(Math.min(at + 700_001, bytes.length));
      }
      return (await hash.digest(bytes.length)) === sha256(bytes);
    }),
  );
  expect(all).toEqual(Array.from({ length: 8 }, () => true));
});

test('an empty file, and one that is dropped', async () => {
  await using handle = await fresh('empty');
  expect(await new FollowingHash(handle).digest(0)).toBe(sha256(new Uint8Array()));
  const dropped = new FollowingHash(handle);
  dropped.grown(0);
  await dropped.drop();
});

test('a thread that dies over one file costs nobody a hash', async () => {
  await using handle = await fresh('dies');
  const bytes = randomBytes(2_000_000);
  await handle.write(bytes);
  const hash = new FollowingHash(handle);
  // More than there is: the thread cannot read it, and ends.
  hash.grown(bytes.length + 1);
  expect(await hash.digest(bytes.length)).toBe(sha256(bytes));
  expect(await new FollowingHash(handle).digest(bytes.length)).toBe(sha256(bytes));
});
