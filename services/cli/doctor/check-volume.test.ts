import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookAtVolume, modeFinding, spaceFinding } from './check-volume.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'surfaces-volume-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const look = (where: string, environment: 'production' | 'development' = 'production') =>
  lookAtVolume({ AGENTS_DIR: where, SURFACES_MAX_FILE_BYTES: 1, SURFACES_ENV: environment }, {});

test('one as docs/FILES.md has it is well, and nothing is left in it', async () => {
  chmodSync(folder, 0o3770);
  const found = await look(folder);
  expect(found.map(({ level }) => level)).toEqual(['ok', 'ok']);
  expect(found[1]!.text).toContain('mode 3770');
  expect(readdirSync(folder)).toEqual([]);
});

test('one that is open to all, in production, with the command that mends it', async () => {
  chmodSync(folder, 0o755);
  expect((await look(folder)).at(-1)).toMatchObject({
    level: 'warning',
    text: expect.stringContaining('anybody'),
    remedy: expect.stringContaining(`chmod 3770 ${folder}`),
  });
  expect((await look(folder, 'development')).at(-1)).toMatchObject({ level: 'ok' });
});

test('one that is not mounted', async () => {
  expect(await look(join(folder, 'gone'))).toMatchObject([{ level: 'error', text: expect.stringContaining('ENOENT') }]);
});

test.each([
  [0o2770, 'ok', ''],
  [0o2700, 'warning', 'may not write'],
  [0o770, 'warning', 'setgid'],
  [0o2771, 'warning', 'anybody'],
])('mode %o', (mode, level, text) =>
  expect(modeFinding({ mode, uid: 1, gid: 2 }, '/agents', true)).toMatchObject({
    level,
    text: expect.stringContaining(text),
  }),
);

test('little space', () => expect(spaceFinding('/agents', 150, 100)).toMatchObject({ level: 'warning' }));
