import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loop } from '../../../shared/volume/test-loop.ts';
import { openHandles } from '../../../shared/volume/test-volume.ts';
import { SECRET, testWorkspace, toolCalled } from './test-call.ts';

test('files are listed with path, bytes and time, the newest first', async () => {
  await using room = testWorkspace();
  utimesSync(room.put('notes.md', 'x'), 100, 100);
  utimesSync(room.put('inbox/my report.pdf', 'xxx'), 200, 200);
  expect(await room.call('list_files', {})).toBe(
    [
      '2 files in the workspace, the newest first:',
      '"inbox/my report.pdf", 3 bytes, 1970-01-01T00:03:20Z',
      'notes.md, 1 bytes, 1970-01-01T00:01:40Z',
    ].join('\n'),
  );
});

test('those of a folder, by paths that other tools take', async () => {
  await using room = testWorkspace();
  room.put('a/b/c.txt', 'text');
  room.put('other.txt', '');
  const answer = await room.call('list_files', { folder: './a//b/' });
  expect(answer).toContain('1 file in a/b, the newest first:\na/b/c.txt, 4 bytes');
  expect(answer).not.toContain('other');
  expect(await room.call('read_file', { path: 'a/b/c.txt' })).toContain('text');
});

test.each([undefined, null, {}, { folder: null }, { folder: '' }, { folder: '.' }])(
  '%j is the workspace',
  async (args) => {
    await using room = testWorkspace();
    expect(await room.call('list_files', args)).toBe('There are no files in the workspace.');
  },
);

test('at most 200, and how many more there are', async () => {
  await using room = testWorkspace();
  for (let n = 1; n <= 230; n += 1) utimesSync(room.put(`${n}`, ''), n, n);
  const lines = (await room.call('list_files', {})).split('\n');
  expect(lines).toHaveLength(202);
  expect(lines[0]).toBe('The newest 200 files in the workspace:');
  expect(lines[1]).toMatch(/^230, /);
  expect(lines.at(-1)).toMatch(/^30 more are not shown/);
});

test('names that are long do not make a long answer', async () => {
  await using room = testWorkspace();
  const folder = '\u202e'.repeat(80);
  for (let n = 0; n < 150; n += 1) room.put(`${folder}/${n}${'\u202e'.repeat(80)}`, '');
  const answer = await room.call('list_files', {});
  expect(answer.length).toBeLessThan(66_000);
  expect(answer).toMatch(/^The newest (\d+) files.*\n(.*\n)+\d+ more are not shown/);
});

test('a name with lines makes no lines of the answer, and is given such that a model can give it back', async () => {
  await using room = testWorkspace();
  room.put('a\n2 files\u202e.txt', 'content');
  const [, line, ...more] = (await room.call('list_files', {})).split('\n');
  expect(more).toEqual([]);
  expect(line).toMatch(/^"a\\n2 files\\u202e.txt", 7 bytes, /);
  const path = JSON.parse(line!.slice(0, line!.indexOf(', ')));
  expect(await room.call('read_file', { path })).toMatch(/\ncontent$/);
});

test('nothing behind links, no devices, nothing hidden', async () => {
  await using room = testWorkspace();
  writeFileSync(join(room.outside, 'secret'), SECRET);
  symlinkSync(room.outside, join(room.workspace, 'folder'));
  symlinkSync(join(room.outside, 'secret'), join(room.workspace, 'file'));
  linkSync(join(room.outside, 'secret'), join(room.workspace, 'hard'));
  execFileSync('mkfifo', [join(room.workspace, 'fifo')]);
  room.put('.hidden', '');
  expect(await room.call('list_files', {})).toBe('There are no files in the workspace.');
  expect(await room.call('list_files', { folder: 'folder' })).toMatch(/is a file or a link/);
  expect(await room.call('list_files', { folder: 'file' })).toMatch(/is a file or a link/);
});

test.each(['..', '../outside', '/etc', 'a/../..', 'a\\b', 'a\0'])('the folder %j is refused', async (folder) => {
  await using room = testWorkspace();
  writeFileSync(join(room.outside, 'secret'), SECRET);
  const answer = await room.call('list_files', { folder });
  expect(answer).toMatch(/must be a folder relative to the workspace/);
  expect(answer).not.toContain('secret,');
});

test('a folder that is missing', async () => {
  await using room = testWorkspace();
  expect(await room.call('list_files', { folder: 'inbox' })).toMatch(/no such folder; list_files/);
});

test('a folder that becomes a link again and again never shows what is outside', async () => {
  await using room = testWorkspace();
  room.put('one/two/inside.txt', '');
  mkdirSync(join(room.outside, 'two'));
  writeFileSync(join(room.outside, 'two', 'secret.txt'), SECRET);
  const before = await openHandles();
  let listed = 0;
  {
    await using _ = await loop({ folder: join(room.workspace, 'one'), outside: room.outside }, (fs, data) => {
      fs.renameSync(data.folder!, `${data.folder}-aside`);
      fs.symlinkSync(data.outside!, data.folder!);
      fs.unlinkSync(data.folder!);
      fs.renameSync(`${data.folder}-aside`, data.folder!);
    });
    for (let n = 0; n < 2_000; n += 1) {
      const answer = await room.call('list_files', { folder: n % 2 ? 'one/two' : '.' });
      expect(answer).not.toContain('secret');
      if (answer.includes('inside.txt')) listed += 1;
    }
  }
  expect(listed).toBeGreaterThan(0);
  expect(await openHandles()).toBeLessThan(before + 10);
});

test('no answer once the turn was cancelled', async () => {
  await using room = testWorkspace();
  await expect(room.call('list_files', {}, AbortSignal.abort('cancelled'))).rejects.toBe('cancelled');
});

test('what people see of it', () => {
  const tool = toolCalled('list_files');
  expect(tool.title({})).toBe('lists the files');
  expect(tool.title({ folder: 'inbox/' })).toBe('lists the files in inbox');
  expect(tool.permission({ folder: 'inbox' })).toBeNull();
});
