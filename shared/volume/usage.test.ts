import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loop } from './test-loop.ts';
import { openHandles, testVolume } from './test-volume.ts';
import { usageOf } from './usage.ts';

describe('what a workspace takes', () => {
  test('are its files, at any depth, with or without a dot', async () => {
    await using volume = testVolume();
    volume.put('a', 'x'.repeat(10));
    volume.put('inbox/.b.part', 'x'.repeat(20));
    volume.put('outbox/c/.d/e', 'x'.repeat(30));
    mkdirSync(join(volume.workspace, 'empty'));
    expect(await usageOf(volume.workspace)).toEqual({ bytes: 60, files: 3, complete: true });
  });

  test('is nothing where it does not exist', async () => {
    await using volume = testVolume();
    expect(await usageOf(join(volume.agentsDir, 'chat-9'))).toEqual({ bytes: 0, files: 0, complete: true });
  });

  test('is each file once, however many names it has', async () => {
    await using volume = testVolume();
    const path = volume.put('a', 'x'.repeat(10));
    linkSync(path, join(volume.workspace, 'b'));
    linkSync(path, join(volume.workspace, 'c'));
    expect(await usageOf(volume.workspace)).toEqual({ bytes: 10, files: 1, complete: true });
  });

  test('is not what links lead to, in a circle or outside', async () => {
    await using volume = testVolume();
    volume.put('d/a', 'x'.repeat(10));
    writeFileSync(join(volume.outside, 'big'), 'x'.repeat(1000));
    symlinkSync(volume.outside, join(volume.workspace, 'd/outside'));
    symlinkSync(join(volume.outside, 'big'), join(volume.workspace, 'd/big'));
    symlinkSync('..', join(volume.workspace, 'd/circle'));
    expect(await usageOf(volume.workspace)).toEqual({ bytes: 10, files: 1, complete: true });
  });

  test('is unknown where the agent made the workspace a link', async () => {
    await using volume = testVolume();
    writeFileSync(join(volume.outside, 'big'), 'x'.repeat(1000));
    symlinkSync(volume.outside, join(volume.agentsDir, 'chat-2'));
    expect(await usageOf(join(volume.agentsDir, 'chat-2'))).toEqual({ bytes: 0, files: 0, complete: false });
  });

  test('cannot be hidden behind a name that is no text', async () => {
    await using volume = testVolume();
    const odd = (...name: number[]) => Buffer.concat([Buffer.from(`${volume.workspace}/`), Buffer.from(name)]);
    writeFileSync(odd(0xff, 0xfe), 'x'.repeat(10));
    mkdirSync(odd(0xc3));
    writeFileSync(odd(0xc3, 0x2f, 0x80), 'x'.repeat(20));
    expect(await usageOf(volume.workspace)).toEqual({ bytes: 30, files: 2, complete: true });
  });

  test('is right beyond 4 GB', async () => {
    await using volume = testVolume();
    truncateSync(volume.put('sparse', ''), 5e9);
    expect(await usageOf(volume.workspace)).toMatchObject({ bytes: 5e9 });
  });

  test('is known in well under a second for 10,000 files', async () => {
    await using volume = testVolume();
    for (let n = 0; n < 10_000; n += 1) volume.put(`d${n % 100}/e${n % 7}/${n}`, 'x');
    let fastest = Number.POSITIVE_INFINITY;
    // The best of some: other tests want the same processors.
    for (let n = 0; n < 10 && fastest > 1000; n += 1) {
      const began = performance.now();
      expect(await usageOf(volume.workspace)).toEqual({ bytes: 10_000, files: 10_000, complete: true });
      fastest = Math.min(fastest, performance.now() - began);
    }
    expect(fastest).toBeLessThan(1000);
  });
});

describe('it ends', () => {
  test('after so many entries', async () => {
    await using volume = testVolume();
    for (let n = 0; n < 300; n += 1) volume.put(`${n}`, 'x');
    expect(await usageOf(volume.workspace, { mostFiles: 100 })).toEqual({ bytes: 100, files: 100, complete: false });
    expect(await usageOf(volume.workspace, { mostFiles: 300 })).toMatchObject({ files: 300, complete: true });
  });

  test('in folders without end', async () => {
    await using volume = testVolume();
    volume.put(`${'d/'.repeat(500)}a`, 'x');
    volume.put(`${'d/'.repeat(10)}b`, 'x');
    expect(await usageOf(volume.workspace)).toEqual({ bytes: 1, files: 1, complete: false });
  });

  test('when it is aborted', async () => {
    await using volume = testVolume();
    volume.put('a', 'x');
    const reason = new Error('stopped');
    await expect(usageOf(volume.workspace, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

test('files and folders that come and go, or become links, are no trouble, and nothing outside counts', async () => {
  await using volume = testVolume();
  volume.put('steady/a', 'x');
  writeFileSync(join(volume.outside, 'big'), 'x'.repeat(100_000));
  const before = await openHandles();
  await using _ = await loop({ top: volume.workspace, outside: volume.outside }, (fs, { top, outside }) => {
    for (let n = 0; n < 20; n += 1) {
      fs.mkdirSync(`${top}/d${n}`);
      fs.writeFileSync(`${top}/d${n}/f`, '');
    }
    for (let n = 0; n < 20; n += 1) {
      fs.renameSync(`${top}/d${n}`, `${top}/aside`);
      fs.symlinkSync(outside!, `${top}/d${n}`);
      fs.rmSync(`${top}/aside`, { recursive: true });
    }
    for (let n = 0; n < 20; n += 1) fs.unlinkSync(`${top}/d${n}`);
  });
  for (let n = 0; n < 300; n += 1) expect(await usageOf(volume.workspace)).toMatchObject({ bytes: 1, complete: true });
  expect(await openHandles()).toBeLessThan(before + 20);
});
