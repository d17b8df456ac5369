import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loop } from '../../../shared/volume/test-loop.ts';
import { SECRET, testWorkspace, toolCalled } from './test-call.ts';
import { typeByName } from './type-by-name.ts';

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

test('a file is offered as it is', async () => {
  await using room = testWorkspace();
  const content = Buffer.alloc(300_000, 'abc');
  room.put('outbox/my chart.PNG', content);
  expect(await room.call('offer_file', { path: './outbox//my chart.PNG' })).toBe(
    '"outbox/my chart.PNG" (300000 bytes) is on its way to the person.',
  );
  expect(room.offers).toEqual([
    {
      path: 'outbox/my chart.PNG',
      name: 'my chart.PNG',
      mime_type: 'image/png',
      size: 300_000,
      sha256: sha256(content),
    },
  ]);
});

test('so is what was just written, and what is empty', async () => {
  await using room = testWorkspace();
  await room.call('write_file', { path: 'notes.md', content: 'Привет' });
  room.put('empty', '');
  await room.call('offer_file', { path: 'notes.md' });
  await room.call('offer_file', { path: 'empty' });
  expect(room.offers).toMatchObject([
    { mime_type: 'text/markdown', size: 12, sha256: sha256('Привет') },
    { mime_type: 'application/octet-stream', size: 0, sha256: sha256('') },
  ]);
});

test.each([
  ['a.pdf', 'application/pdf'],
  ['a.tar.gz', 'application/gzip'],
  ['a', 'application/octet-stream'],
  ['.md', 'application/octet-stream'],
  ['a.__proto__', 'application/octet-stream'],
  ['a.constructor', 'application/octet-stream'],
])('%s has the type %s', (name, type) => {
  expect(typeByName(name)).toBe(type);
});

test.each(['..', '../outside/secret', '/etc/passwd', 'a/../../x', '', 'a/', 'a\0b'])(
  '%j is not offered',
  async (path) => {
    await using room = testWorkspace();
    writeFileSync(join(room.outside, 'secret'), SECRET);
    expect(await room.call('offer_file', { path })).toMatch(/must be relative to the workspace/);
    expect(room.offers).toEqual([]);
  },
);

test('nor are links, folders, devices, and what is missing or too large', async () => {
  await using room = testWorkspace();
  writeFileSync(join(room.outside, 'secret'), SECRET);
  symlinkSync(join(room.outside, 'secret'), join(room.workspace, 'soft'));
  linkSync(join(room.outside, 'secret'), join(room.workspace, 'hard'));
  symlinkSync(room.outside, join(room.workspace, 'folder'));
  symlinkSync('/dev/zero', join(room.workspace, 'zero'));
  execFileSync('mkfifo', [join(room.workspace, 'fifo')]);
  for (const path of ['soft', 'hard', 'folder/secret', 'folder', 'zero', 'fifo'])
    expect(await room.call('offer_file', { path }), path).toMatch(/^This is not a plain file of the workspace/);
  expect(await room.call('offer_file', { path: 'missing' })).toMatch(/no such file; list_files/);
  truncateSync(room.put('large', ''), 2 ** 40);
  expect(await room.call('offer_file', { path: 'large' })).toMatch(/at most 1073741824 can be sent/);
  expect(room.offers).toEqual([]);
});

test('a file that is being written is not offered with the hash of something else', async () => {
  await using room = testWorkspace();
  const path = room.put('a', 'x'.repeat(5_000_000));
  const whole = ['x', 'y'].map((letter) => sha256(letter.repeat(5_000_000)));
  const answers: string[] = [];
  {
    await using _ = await loop({ path }, (fs, { path }) => {
      for (const letter of ['y', 'x']) {
        const file = fs.openSync(path!, 'r+');
        for (let at = 0; at < 5_000_000; at += 50_000) fs.writeSync(file, letter.repeat(50_000), at);
        fs.closeSync(file);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
      }
    });
    for (let n = 0; n < 60; n += 1) answers.push(await room.call('offer_file', { path: 'a' }));
  }
  expect(answers.some((answer) => answer.startsWith('The file is being written to'))).toBe(true);
  for (const offer of room.offers) expect(whole).toContain(offer.sha256);
});

test('nothing is offered once the turn was cancelled, also in the middle of it', async () => {
  await using room = testWorkspace();
  truncateSync(room.put('a', ''), 900 * 1024 ** 2);
  await expect(room.call('offer_file', { path: 'a' }, AbortSignal.abort('cancelled'))).rejects.toBe('cancelled');
  const controller = new AbortController();
  const offering = room.call('offer_file', { path: 'a' }, controller.signal);
  setTimeout(() => controller.abort('cancelled'), 50);
  await expect(offering).rejects.toBe('cancelled');
  expect(room.offers).toEqual([]);
});

test('what people see of it', () => {
  const tool = toolCalled('offer_file');
  expect(tool.title({ path: 'outbox/a.pdf' })).toBe('sends outbox/a.pdf');
  expect(tool.title(undefined)).toBe('sends a file');
  expect(tool.permission({ path: 'outbox/a.pdf' })).toBeNull();
});
