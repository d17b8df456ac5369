import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FOLDER_MODE, makeFolder, outgoingFolder, PRIVATE_FOLDER_MODE, workspacePath } from './layout.ts';
import { testVolume } from './test-volume.ts';

const modeOf = (path: string) => statSync(path).mode & 0o7777;

describe('a workspace is named by a session id', () => {
  test('which is a folder of the volume', () => {
    expect(workspacePath('/agents', 'chat-0123abcv')).toBe('/agents/chat-0123abcv');
    expect(outgoingFolder('/agents')).toBe('/agents/.outgoing');
  });

  test.each([
    '',
    '.',
    '..',
    '.host',
    '-rf',
    '_x',
    'a/b',
    '../a',
    'a\\b',
    'a b',
    'a\n',
    'a\0',
    'ж',
    'a.b',
    'x'.repeat(129),
  ])('and %j is none', (name) =>
    expect(() => workspacePath('/agents', name)).toThrow(expect.objectContaining({ code: 'file_outside' })),
  );
});

describe('a folder', () => {
  test('is made with its mode, whatever the umask', async () => {
    await using volume = testVolume();
    const path = join(volume.agentsDir, 'made');
    const umask = process.umask(0o077);
    try {
      await makeFolder(path);
    } finally {
      process.umask(umask);
    }
    expect(modeOf(path)).toBe(FOLDER_MODE);
  });

  test('that is there gets it', async () => {
    await using volume = testVolume();
    chmodSync(volume.workspace, 0o755);
    await makeFolder(volume.workspace);
    await makeFolder(volume.workspace);
    expect(modeOf(volume.workspace)).toBe(FOLDER_MODE);
  });

  test('can be kept from the agent', async () => {
    await using volume = testVolume();
    await makeFolder(outgoingFolder(volume.agentsDir), PRIVATE_FOLDER_MODE);
    expect(modeOf(outgoingFolder(volume.agentsDir))).toBe(PRIVATE_FOLDER_MODE);
  });

  test('is not made in a volume that is not there', async () => {
    await using volume = testVolume();
    await expect(makeFolder(join(volume.agentsDir, 'missing', 'chat-1'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is no link, and what a link leads to keeps its mode', async () => {
    await using volume = testVolume();
    chmodSync(volume.outside, 0o700);
    symlinkSync(volume.outside, join(volume.agentsDir, 'chat-2'));
    await expect(makeFolder(join(volume.agentsDir, 'chat-2'))).rejects.toThrow(/ENOTDIR|ELOOP/);
    expect(modeOf(volume.outside)).toBe(0o700);
  });

  test('is no file', async () => {
    await using volume = testVolume();
    writeFileSync(join(volume.agentsDir, 'chat-2'), '');
    await expect(makeFolder(join(volume.agentsDir, 'chat-2'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  test.skipIf(process.getuid?.() !== 0)('of a folder with setgid has its group (needs root)', async () => {
    await using volume = testVolume();
    const group = 61_235;
    chownSync(volume.agentsDir, -1, group);
    chmodSync(volume.agentsDir, FOLDER_MODE);
    await makeFolder(join(volume.agentsDir, 'chat-2'));
    mkdirSync(join(volume.agentsDir, 'chat-2', 'deeper'));
    expect(statSync(join(volume.agentsDir, 'chat-2', 'deeper')).gid).toBe(group);
  });
});
