import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeOlder, removeWorkspace } from './remove-workspace.ts';
import { loop } from './test-loop.ts';
import { openHandles, testVolume } from './test-volume.ts';

describe('a workspace', () => {
  test('goes with all that is in it; what is beside it stays', async () => {
    await using volume = testVolume();
    volume.put('a', 'x');
    volume.put('inbox/.b.part', 'x');
    chmodSync(join(volume.put('read-only/c', 'x'), '..'), 0o555);
    writeFileSync(Buffer.concat([Buffer.from(`${volume.workspace}/`), Buffer.from([0xff])]), 'x');
    mkdirSync(join(volume.agentsDir, 'chat-2'));
    await removeWorkspace(volume.agentsDir, 'chat-1');
    expect(readdirSync(volume.agentsDir)).toEqual(['chat-2']);
  });

  test('may be gone already', async () => {
    await using volume = testVolume();
    await removeWorkspace(volume.agentsDir, 'chat-1');
    await removeWorkspace(volume.agentsDir, 'chat-1');
    await removeWorkspace(volume.agentsDir, 'chat-9');
    expect(readdirSync(volume.agentsDir)).toEqual([]);
  });

  test('does not take along what its links lead to', async () => {
    await using volume = testVolume();
    writeFileSync(join(volume.outside, 'precious'), 'x');
    mkdirSync(join(volume.workspace, 'd'));
    symlinkSync(volume.outside, join(volume.workspace, 'd/folder'));
    symlinkSync(join(volume.outside, 'precious'), join(volume.workspace, 'd/file'));
    linkSync(join(volume.outside, 'precious'), join(volume.workspace, 'd/hard'));
    symlinkSync('..', join(volume.workspace, 'd/circle'));
    await removeWorkspace(volume.agentsDir, 'chat-1');
    expect(existsSync(volume.workspace)).toBe(false);
    expect(readdirSync(volume.outside)).toEqual(['precious']);
  });

  test('that is a link itself: the link goes', async () => {
    await using volume = testVolume();
    writeFileSync(join(volume.outside, 'precious'), 'x');
    symlinkSync(volume.outside, join(volume.agentsDir, 'chat-2'));
    await removeWorkspace(volume.agentsDir, 'chat-2');
    expect(readdirSync(volume.agentsDir)).toEqual(['chat-1']);
    expect(readdirSync(volume.outside)).toEqual(['precious']);
  });

  test('is found where AGENTS_DIR is a link', async () => {
    await using volume = testVolume();
    const link = join(volume.outside, 'agents');
    symlinkSync(volume.agentsDir, link);
    await removeWorkspace(link, 'chat-1');
    expect(existsSync(volume.workspace)).toBe(false);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test('goes, however deep it is', async () => {
    await using volume = testVolume();
    volume.put(`${'d/'.repeat(1000)}a`, 'x');
    const before = await openHandles();
    let most = 0;
    const watch = setInterval(async () => {
      most = Math.max(most, await openHandles());
    }, 1);
    await removeWorkspace(volume.agentsDir, 'chat-1');
    clearInterval(watch);
    expect(most).toBeLessThan(before + 150);
    expect(existsSync(volume.workspace)).toBe(false);
    expect(await openHandles()).toBeLessThan(before + 20);
  });

  test.each(['..', '.', '', '.outgoing', 'a/../../outside', '../outside'])('is not %j', async (name) => {
    await using volume = testVolume();
    await expect(removeWorkspace(volume.agentsDir, name)).rejects.toMatchObject({ code: 'file_outside' });
    expect(existsSync(volume.outside)).toBe(true);
  });

  test('of a volume that is not there is not said to be removed', async () => {
    await using volume = testVolume();
    const missing = join(volume.agentsDir, 'not-mounted');
    await expect(removeWorkspace(missing, 'chat-1')).rejects.toMatchObject({ code: 'volume_unwritable' });
  });

  test('whose folders become links while it is removed: nothing outside is', async () => {
    await using volume = testVolume();
    for (let n = 0; n < 50; n += 1) writeFileSync(join(volume.outside, `${n}`), 'x');
    // Beside the workspace, so that there is something to exchange for as long as it is removed.
    const data = { top: volume.workspace, spare: join(volume.agentsDir, 'spare'), outside: volume.outside };
    mkdirSync(data.spare);
    await using adversary = await loop(data, (fs, { top, spare, outside }) => {
      try {
        fs.mkdirSync(`${top}/d`, { recursive: true });
        fs.writeFileSync(`${top}/d/1`, '');
        fs.renameSync(`${top}/d`, `${spare}/d`);
        fs.symlinkSync(outside!, `${top}/d`);
        fs.unlinkSync(`${top}/d`);
        fs.renameSync(`${spare}/d`, `${top}/d`);
      } catch {
        fs.rmSync(`${spare}/d`, { recursive: true, force: true });
      }
    });
    const until = performance.now() + 10_000;
    while (adversary.turns() < 300 && performance.now() < until)
      await removeWorkspace(volume.agentsDir, 'chat-1').catch((error: unknown) =>
        expect(error).toMatchObject({ code: 'volume_unwritable' }),
      );
    expect(readdirSync(volume.outside)).toHaveLength(50);
  });
});

describe('leftovers', () => {
  const old = (path: string) => utimesSync(path, 1000, 1000);

  test('of an inbox are unfinished files that are old; files of people stay', async () => {
    await using volume = testVolume();
    old(volume.put('inbox/.abc.1.part', 'x'));
    volume.put('inbox/.new.1.part', 'x');
    old(volume.put('inbox/report.pdf', 'x'));
    old(volume.put('inbox/song.part', 'x'));
    expect(await removeOlder(join(volume.workspace, 'inbox'), 60_000)).toBe(1);
    expect(readdirSync(join(volume.workspace, 'inbox')).toSorted()).toEqual(['.new.1.part', 'report.pdf', 'song.part']);
  });

  test('of copies are all that are old', async () => {
    await using volume = testVolume();
    old(volume.put('copies/op-1', 'x'));
    old(volume.put('copies/.op-2.1.part', 'x'));
    volume.put('copies/op-3', 'x');
    volume.put('copies/folder/a', 'x');
    old(join(volume.workspace, 'copies/folder'));
    expect(await removeOlder(join(volume.workspace, 'copies'), 60_000, 'all')).toBe(2);
    expect(readdirSync(join(volume.workspace, 'copies')).toSorted()).toEqual(['folder', 'op-3']);
  });

  test('of a folder that is missing are none, and of one behind a link none are touched', async () => {
    await using volume = testVolume();
    expect(await removeOlder(join(volume.workspace, 'inbox'), 0)).toBe(0);
    writeFileSync(join(volume.outside, '.a.part'), 'x');
    old(join(volume.outside, '.a.part'));
    symlinkSync(volume.outside, join(volume.workspace, 'inbox'));
    await expect(removeOlder(join(volume.workspace, 'inbox'), 0)).rejects.toMatchObject({ code: 'volume_unwritable' });
    rmSync(join(volume.workspace, 'inbox'));
    expect(readdirSync(volume.outside)).toEqual(['.a.part']);
  });
});
