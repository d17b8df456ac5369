import { execFileSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loop } from '../../../shared/volume/test-loop.ts';
import { openHandles, partsIn } from '../../../shared/volume/test-volume.ts';
import { contentOf, SECRET, testWorkspace, toolCalled } from './test-call.ts';

const MiB = 1024 ** 2;
const isThere = /is there already. Choose another path, or call write_file with replace: true/;

test('a file is made, with its folders and modes', async () => {
  await using room = testWorkspace();
  expect(await room.call('write_file', { path: './a//b/notes.md', content: 'Привет' })).toBe(
    'Wrote a/b/notes.md, 12 bytes. offer_file sends it to the person.',
  );
  const at = (path: string) => join(room.workspace, path);
  expect(readFileSync(at('a/b/notes.md'), 'utf8')).toBe('Привет');
  expect(statSync(at('a/b/notes.md'))).toMatchObject({ nlink: 1, mode: 0o100660 });
  expect(statSync(at('a')).mode & 0o7777).toBe(0o2770);
  expect(statSync(at('a/b')).mode & 0o7777).toBe(0o2770);
  expect(await readdir(at('a/b'))).toEqual(['notes.md']);
});

test('a file that is there is replaced only if that was asked for', async () => {
  await using room = testWorkspace();
  const path = room.put('notes.md', 'old');
  expect(await room.call('write_file', { path: 'notes.md', content: 'new' })).toMatch(isThere);
  expect(await room.call('write_file', { path: 'notes.md', content: 'new', replace: false })).toMatch(isThere);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(await room.call('write_file', { path: 'notes.md', content: 'new', replace: true })).toMatch(/^Wrote/);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o7777).toBe(0o660);
  expect(await readdir(room.workspace)).toEqual(['notes.md']);
});

test('who reads while it is replaced finds one file or the other, whole', async () => {
  await using room = testWorkspace();
  const path = room.put('a', 'x'.repeat(100_000));
  await using reader = await loop({ path }, (fs, { path }) => {
    const text = fs.readFileSync(path!, 'utf8');
    return text.length === 100_000 && (text === 'x'.repeat(100_000) || text === 'y'.repeat(100_000));
  });
  for (let n = 0; n < 50; n += 1)
    await room.call('write_file', { path: 'a', content: (n % 2 ? 'x' : 'y').repeat(100_000), replace: true });
  expect(reader.bad()).toBe(0);
});

test('of two that write at once, one is told that the other was there', async () => {
  await using room = testWorkspace();
  const writes = ['one', 'two', 'three'].map((content) => room.call('write_file', { path: 'a', content }));
  const answers = await Promise.all(writes);
  expect(answers.filter((answer) => answer.startsWith('Wrote'))).toHaveLength(1);
  expect(answers.filter((answer) => isThere.test(answer))).toHaveLength(2);
  expect(await partsIn(room.workspace)).toEqual([]);
});

test('a mebibyte is written, and no byte more', async () => {
  await using room = testWorkspace();
  expect(await room.call('write_file', { path: 'a', content: 'x'.repeat(MiB) })).toMatch(/^Wrote a, 1048576 bytes/);
  const answer = await room.call('write_file', { path: 'b', content: `${'x'.repeat(MiB - 1)}ж` });
  expect(answer).toMatch(/content: must not be longer than 1048576 bytes/);
  expect(answer.length).toBeLessThan(500);
  expect(await readdir(room.workspace)).toEqual(['a']);
  expect(await room.call('write_file', { path: 'empty', content: '' })).toMatch(/0 bytes/);
});

test.each(['a/b', 'a', `${'x'.repeat(250)}/y`, 'ж'.repeat(200)])(
  '%s cannot be written where a file or folder is in the way, or the name is too long',
  async (path) => {
    await using room = testWorkspace();
    room.put(path === 'a' ? 'a/b' : 'a', 'kept');
    room.put('x'.repeat(250), '');
    const before = contentOf(room.workspace);
    const answer = await room.call('write_file', { path, content: 'new', replace: true });
    expect(answer).toMatch(/is a file or a link|a folder has this name|name in this path is too long/);
    expect(contentOf(room.workspace)).toEqual(before);
  },
);

describe('nothing outside of the workspace is written', () => {
  test.each(['..', '../outside/x', '/tmp/x', 'a/../../outside/x', '', '.', 'a/', 'a\\b', 'a\0b'])(
    'by the path %j',
    async (path) => {
      await using room = testWorkspace();
      for (const replace of [true, false])
        expect(await room.call('write_file', { path, content: 'x', replace })).toMatch(
          /must be relative to the workspace/,
        );
      expect(room.untouched()).toEqual({});
      expect(await readdir(room.workspace)).toEqual([]);
    },
  );

  test('through a folder that is a link', async () => {
    await using room = testWorkspace();
    mkdirSync(join(room.outside, 'sub'));
    const before = room.untouched();
    symlinkSync(room.outside, join(room.workspace, 'folder'));
    symlinkSync('nothing', join(room.workspace, 'dangling'));
    for (const path of ['folder/x', 'folder/sub/x', 'folder/new/x', 'dangling/x'])
      expect(await room.call('write_file', { path, content: 'x', replace: true })).toMatch(/is a file or a link/);
    expect(room.untouched()).toEqual(before);
  });

  test.each(['soft', 'hard', 'dangling', 'fifo'])('through a file that is %s: it gives way, or stays', async (path) => {
    await using room = testWorkspace();
    writeFileSync(join(room.outside, 'secret'), SECRET);
    const before = room.untouched();
    symlinkSync(join(room.outside, 'secret'), join(room.workspace, 'soft'));
    linkSync(join(room.outside, 'secret'), join(room.workspace, 'hard'));
    symlinkSync(join(room.outside, 'new'), join(room.workspace, 'dangling'));
    execFileSync('mkfifo', [join(room.workspace, 'fifo')]);
    const found = lstatSync(join(room.workspace, path)).ino;
    expect(await room.call('write_file', { path, content: 'x' })).toMatch(isThere);
    expect(lstatSync(join(room.workspace, path)).ino).toBe(found);
    expect(await room.call('write_file', { path, content: 'x', replace: true })).toMatch(/^Wrote/);
    expect(lstatSync(join(room.workspace, path)).isFile()).toBe(true);
    expect(room.untouched()).toEqual(before);
  });

  test.each(['one', 'one/two'])('while the folder %s and a link to one outside take turns', async (exchanged) => {
    await using room = testWorkspace();
    room.put('one/two/a', '');
    mkdirSync(join(room.outside, 'two'));
    const before = room.untouched();
    const handles = await openHandles();
    const seen = { written: 0, refused: 0 };
    {
      const data = { folder: join(room.workspace, exchanged), outside: room.outside };
      await using _ = await loop(data, (fs, { folder, outside }) => {
        // Meanwhile the tool may have made the folder that is missing: then that one stays.
        try {
          fs.renameSync(folder!, `${folder}-aside-${Math.random()}`);
          fs.symlinkSync(outside!, folder!);
          fs.unlinkSync(folder!);
          fs.mkdirSync(folder!);
        } catch {}
      });
      const until = performance.now() + 20_000;
      for (let n = 0; (seen.written < 50 || seen.refused < 50) && performance.now() < until; n += 1) {
        const answer = await room.call('write_file', { path: 'one/two/a', content: `${n}`, replace: n % 2 === 0 });
        if (answer.startsWith('Wrote')) seen.written += 1;
        else seen.refused += 1;
      }
    }
    expect(room.untouched()).toEqual(before);
    expect(seen.written).toBeGreaterThan(10);
    expect(seen.refused).toBeGreaterThan(10);
    expect(await openHandles()).toBeLessThan(handles + 10);
  });
});

test('nothing is written once the turn was cancelled', async () => {
  await using room = testWorkspace();
  const args = { path: 'a', content: 'x'.repeat(MiB) };
  await expect(room.call('write_file', args, AbortSignal.abort('cancelled'))).rejects.toBe('cancelled');
  const controller = new AbortController();
  const writing = room.call('write_file', args, controller.signal);
  controller.abort('cancelled');
  await expect(writing).rejects.toBe('cancelled');
  expect(await readdir(room.workspace)).toEqual([]);
});

test('nor when it is cancelled while it is written', async () => {
  await using room = testWorkspace();
  const controller = new AbortController();
  const writing = room.call('write_file', { path: 'a', content: 'x'.repeat(MiB) }, controller.signal);
  const cancelOnceBegun = () => {
    if (readdirSync(room.workspace).length > 0) controller.abort('cancelled');
    else setImmediate(cancelOnceBegun);
  };
  cancelOnceBegun();
  await expect(writing).rejects.toBe('cancelled');
  expect(await readdir(room.workspace)).toEqual([]);
});

describe('a person is asked', () => {
  const { title, permission } = toolCalled('write_file');

  test('for every file, in one line with path and size', () => {
    expect(permission({ path: './notes.md', content: 'x'.repeat(12_345) })).toBe('write notes.md (12 kB)');
    expect(permission({ path: 'notes.md', content: 'жж', replace: true })).toBe('replace notes.md (4 bytes)');
    expect(permission({ path: 'a (1 byte) and "b"', content: '' })).toBe('write "a (1 byte) and \\"b\\"" (0 bytes)');
    expect(title({ path: 'notes.md', content: '' })).toBe('writes notes.md');
  });

  test('not for what is refused anyway', () => {
    for (const args of [{ path: '../x', content: '' }, { path: 'a\nb', content: '' }, { path: 'a' }, null, 'a'])
      expect(permission(args)).toBeNull();
  });
});
