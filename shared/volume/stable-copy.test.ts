import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
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
import { makeFolder, outgoingFolder, PRIVATE_FOLDER_MODE } from './layout.ts';
import { stableCopy } from './stable-copy.ts';
import { loop } from './test-loop.ts';
import { MAY_MOUNT, NEEDS_MOUNT, testMount } from './test-mount.ts';
import { openHandles, partsIn, testVolume } from './test-volume.ts';

const MB = 1024 * 1024;
const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

type More = { root?: string; to?: string; maxBytes?: number; signal?: AbortSignal };

async function withCopies() {
  const volume = testVolume();
  const copies = outgoingFolder(volume.agentsDir);
  await makeFolder(copies, PRIVATE_FOLDER_MODE);
  const to = join(copies, 'op-1');
  const copy = (path: string, more: More = {}) =>
    stableCopy({ root: volume.workspace, path, to, maxBytes: 64 * MB, ...more });
  return { ...volume, copies, to, copy };
}

/** What a copy asks between two chunks: acts in the middle of it, always at the same place. */
function inTheMiddle(act: () => void): AbortSignal {
  let asked = 0;
  const throwIfAborted = () => {
    asked += 1;
    if (asked === 5) act();
  };
  return { throwIfAborted } as AbortSignal;
}

describe('a copy', () => {
  test.each([0, 1, 128 * 1024, 128 * 1024 + 1, 5 * MB])('of %i bytes is the same, and said to be', async (size) => {
    await using volume = await withCopies();
    const content = randomBytes(size);
    volume.put('outbox/a.bin', content);
    expect(await volume.copy('outbox/a.bin')).toEqual({ size, sha256: sha256(content) });
    expect(readFileSync(volume.to).equals(content)).toBe(true);
    expect(readdirSync(volume.copies)).toEqual(['op-1']);
  });

  test('is for the bot alone, and never executable', async () => {
    await using volume = await withCopies();
    chmodSync(volume.put('run.sh', '#!/bin/sh'), 0o777);
    await volume.copy('run.sh');
    expect(statSync(volume.to).mode & 0o7777).toBe(0o600);
  });

  test('stays what it is when the file changes later, and is replaced as a whole when it is made again', async () => {
    await using volume = await withCopies();
    volume.put('a', 'one');
    await volume.copy('a');
    volume.put('a', 'another');
    expect(readFileSync(volume.to, 'utf8')).toBe('one');
    await volume.copy('a');
    expect(readFileSync(volume.to, 'utf8')).toBe('another');
  });

  test('is of the file that was opened, though another has its name by now', async () => {
    await using volume = await withCopies();
    const content = randomBytes(2 * MB);
    const path = volume.put('a', content);
    const signal = inTheMiddle(() => renameSync(volume.put('b', 'other'), path));
    // Losing its name is a change of the file like any other.
    await expect(volume.copy('a', { signal })).rejects.toMatchObject({ code: 'file_changed' });
    expect(await volume.copy('a')).toEqual({ size: 5, sha256: sha256('other') });
  });

  test('takes the memory of a chunk, not of the file', async () => {
    await using volume = await withCopies();
    volume.put('big', Buffer.alloc(200 * MB));
    const before = process.memoryUsage().rss;
    let most = 0;
    const throwIfAborted = () => {
      most = Math.max(most, process.memoryUsage().rss - before);
    };
    await volume.copy('big', { maxBytes: 200 * MB, signal: { throwIfAborted } as AbortSignal });
    expect(most).toBeLessThan(64 * MB);
  });
});

describe('no copy, and nothing left of it', () => {
  async function expectNothing(volume: Awaited<ReturnType<typeof withCopies>>, work: Promise<unknown>, code: string) {
    await expect(work).rejects.toMatchObject({ code });
    expect(readdirSync(volume.copies)).toEqual([]);
  }

  test('of what is larger than allowed; the error says how much is', async () => {
    await using volume = await withCopies();
    volume.put('a', 'x'.repeat(101));
    await expectNothing(volume, volume.copy('a', { maxBytes: 100 }), 'file_too_large');
    await expect(volume.copy('a', { maxBytes: 100 })).rejects.toMatchObject({ limit: 100 });
    expect(await volume.copy('a', { maxBytes: 101 })).toMatchObject({ size: 101 });
  });

  test('of what grows beyond it while it is read', async () => {
    await using volume = await withCopies();
    const path = volume.put('a', randomBytes(8 * MB));
    const signal = inTheMiddle(() => appendFileSync(path, randomBytes(1000)));
    await expectNothing(volume, volume.copy('a', { maxBytes: 8 * MB, signal }), 'file_too_large');
  });

  // Files of /proc say that they are empty, and are not: only reading tells.
  test.skipIf(!existsSync('/proc/cpuinfo'))('of what has another size than it says', async () => {
    await using volume = await withCopies();
    await expectNothing(volume, volume.copy('cpuinfo', { root: '/proc', maxBytes: 10 }), 'file_too_large');
    await expectNothing(volume, volume.copy('cpuinfo', { root: '/proc' }), 'file_changed');
  });

  test.each<[string, (path: string) => void]>([
    ['grows', (path) => appendFileSync(path, 'more')],
    ['gets shorter', (path) => truncateSync(path, 100)],
    ['is written over, in a part that was read', (path) => writeFileSync(path, 'other', { flag: 'r+' })],
    [
      'is written over, with its time set back',
      (path) => {
        const { atime, mtime } = statSync(path);
        writeFileSync(path, 'other', { flag: 'r+' });
        utimesSync(path, atime, mtime);
      },
    ],
    ['is deleted', (path) => unlinkSync(path)],
  ])('of what %s meanwhile', async (_, change) => {
    await using volume = await withCopies();
    const path = volume.put('a', randomBytes(2 * MB));
    await expectNothing(volume, volume.copy('a', { signal: inTheMiddle(() => change(path)) }), 'file_changed');
  });

  test('of what is written all the time', async () => {
    await using volume = await withCopies();
    const path = volume.put('a', randomBytes(MB));
    await using _ = await loop({ path }, (fs, { path }) => fs.writeFileSync(path!, 'x', { flag: 'r+' }));
    // A writer that was not given a processor for a while has been still.
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => volume.copy('a', { to: `${volume.to}-${n}` })),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'file_changed' } });
    expect(await partsIn(volume.copies)).toEqual([]);
  });

  test('when it is aborted, at the start or in the middle', async () => {
    await using volume = await withCopies();
    volume.put('a', randomBytes(2 * MB));
    const reason = new Error('stopped');
    await expect(volume.copy('a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const signal = inTheMiddle(() => {
      throw reason;
    });
    await expect(volume.copy('a', { signal })).rejects.toBe(reason);
    expect(readdirSync(volume.copies)).toEqual([]);
  });

  test('of a link, or of what is not there', async () => {
    await using volume = await withCopies();
    symlinkSync('/etc/passwd', join(volume.workspace, 'a'));
    await expectNothing(volume, volume.copy('a'), 'file_outside');
    await expectNothing(volume, volume.copy('b'), 'file_unavailable');
  });

  test('where the folder of copies is missing, or a link that the agent put there', async () => {
    await using volume = await withCopies();
    volume.put('a', 'x');
    const missing = join(volume.agentsDir, 'missing', 'op-1');
    await expect(volume.copy('a', { to: missing })).rejects.toMatchObject({ code: 'volume_unwritable' });
    symlinkSync(volume.outside, join(volume.agentsDir, 'link'));
    const linked = join(volume.agentsDir, 'link', 'op-1');
    await expect(volume.copy('a', { to: linked })).rejects.toMatchObject({ code: 'volume_unwritable' });
    expect(readdirSync(volume.outside)).toEqual([]);
  });

  test('where a folder has the name', async () => {
    await using volume = await withCopies();
    volume.put('a', 'x');
    mkdirSync(volume.to);
    await expect(volume.copy('a')).rejects.toThrow();
    expect(readdirSync(volume.copies)).toEqual(['op-1']);
  });

  test.skipIf(!MAY_MOUNT)(`where no space is left${NEEDS_MOUNT}`, async () => {
    await using volume = await withCopies();
    using small = testMount(64);
    volume.put('a', randomBytes(MB));
    await expect(volume.copy('a', { to: join(small.path, 'op-1') })).rejects.toMatchObject({ code: 'volume_full' });
    expect(readdirSync(small.path)).toEqual([]);
  });

  test.skipIf(!MAY_MOUNT)(`where the volume is read-only${NEEDS_MOUNT}`, async () => {
    await using volume = await withCopies();
    using small = testMount(64);
    small.remountReadOnly();
    volume.put('a', 'x');
    const to = join(small.path, 'op-1');
    await expect(volume.copy('a', { to })).rejects.toMatchObject({ code: 'volume_unwritable' });
  });

  test('and no handle stays open', async () => {
    await using volume = await withCopies();
    volume.put('a', 'x'.repeat(100));
    const before = await openHandles();
    for (let n = 0; n < 50; n += 1) {
      await volume.copy('a');
      await volume.copy('a', { maxBytes: 10 }).catch(() => undefined);
      await volume.copy('b').catch(() => undefined);
    }
    expect(await openHandles()).toBeLessThan(before + 20);
  });
});
