import { execFileSync } from 'node:child_process';
import { linkSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles } from './list-files.ts';
import { testVolume } from './test-volume.ts';

test('files are listed with path, size and time, newest first', async () => {
  await using volume = testVolume();
  utimesSync(volume.put('old.txt', 'x'), 100, 100);
  utimesSync(volume.put('outbox/new.txt', 'xxx'), 300, 300.5);
  utimesSync(volume.put('inbox/Отчёт.txt', 'xx'), 200, 200);
  expect(await listFiles(volume.workspace, { most: 10 })).toEqual({
    files: [
      { path: 'outbox/new.txt', size: 3, modifiedMs: 300_500 },
      { path: 'inbox/Отчёт.txt', size: 2, modifiedMs: 200_000 },
      { path: 'old.txt', size: 1, modifiedMs: 100_000 },
    ],
    more: 0,
  });
});

test('so many, and how many more there are', async () => {
  await using volume = testVolume();
  for (let n = 1; n <= 50; n += 1) utimesSync(volume.put(`${n}`, ''), n, n);
  const { files, more } = await listFiles(volume.workspace, { most: 3 });
  expect(files.map(({ path }) => path)).toEqual(['50', '49', '48']);
  expect(more).toBe(47);
});

test('only what could be sent', async () => {
  await using volume = testVolume();
  volume.put('good.txt', 'x');
  volume.put('.hidden', 'x');
  volume.put('.git/config', 'x');
  volume.put('inbox/.abc.part', 'x');
  volume.put('back\\slash', 'x');
  writeFileSync(Buffer.concat([Buffer.from(`${volume.workspace}/`), Buffer.from([0xff])]), 'x');
  linkSync(volume.put('twice', 'x'), join(volume.workspace, 'twice-too'));
  writeFileSync(join(volume.outside, 'secret'), 'x');
  symlinkSync(volume.outside, join(volume.workspace, 'outside'));
  symlinkSync(join(volume.outside, 'secret'), join(volume.workspace, 'secret'));
  execFileSync('mkfifo', [join(volume.workspace, 'fifo')]);
  const { files, more } = await listFiles(volume.workspace, { most: 10 });
  expect(files.map(({ path }) => path)).toEqual(['good.txt']);
  expect(more).toBe(0);
});

test('a workspace that does not exist has none, and one that is a link shows none', async () => {
  await using volume = testVolume();
  expect(await listFiles(join(volume.agentsDir, 'chat-9'), { most: 10 })).toEqual({ files: [], more: 0 });
  writeFileSync(join(volume.outside, 'secret'), 'x');
  symlinkSync(volume.outside, join(volume.agentsDir, 'chat-2'));
  expect(await listFiles(join(volume.agentsDir, 'chat-2'), { most: 10 })).toEqual({ files: [], more: 0 });
});
