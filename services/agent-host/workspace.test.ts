import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileName } from './host-folder.ts';
import { makeWorkspace, resolveInside } from './workspace.ts';

let volume: string;
beforeAll(async () => {
  volume = await mkdtemp(join(tmpdir(), 'workspace-'));
  await mkdir(join(volume, 'room', 'inbox'), { recursive: true });
  await writeFile(join(volume, 'room', 'inbox', 'a.txt'), 'a');
  await writeFile(join(volume, 'secret'), 's');
  await symlink('../secret', join(volume, 'room', 'out'));
  await symlink('inbox/a.txt', join(volume, 'room', 'in'));
  await symlink('/tmp', join(volume, 'elsewhere'));
  await mkdir(join(volume, '.host'));
  await symlink('.host', join(volume, 'hidden'));
});
afterAll(() => rm(volume, { recursive: true, force: true }));

test.each([
  '..',
  '../x',
  '/etc',
  'a/../../b',
  '',
  '.',
  '.host',
  '.host/sessions',
  'a\\..\\b',
  'a\0b',
  'elsewhere',
  '.git',
  'hidden',
  'hidden/x',
])('no workspace is made at %j', async (path) => {
  await expect(makeWorkspace(volume, path)).rejects.toMatchObject({ code: 'path_outside_workspace' });
});

test('what is inside is found, also by a link; what a link leads out to is not', async () => {
  const room = await makeWorkspace(volume, 'room');
  expect(await resolveInside(room, 'in')).toBe(join(room, 'inbox', 'a.txt'));
  await expect(resolveInside(room, 'out')).rejects.toMatchObject({ code: 'path_outside_workspace' });
  await expect(resolveInside(room, '../secret')).rejects.toMatchObject({ code: 'path_outside_workspace' });
});

test('ids become file names of their own, whatever they are', () => {
  const ids = ['a', 'A', '.', '..', 'a/b', '', '~x', 'x'.repeat(255), 'turn-1'];
  const names = ids.map(fileName);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(ids.length);
  for (const name of names) expect(name).toMatch(/^[~a-z0-9_-]{1,80}$/);
});
