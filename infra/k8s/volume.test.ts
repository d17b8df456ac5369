import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { built, type Manifest, podsOf, whyNot } from './testing/built.ts';

/** Root can become the bot; and the bot has to be let as far as Node. */
function canBecomeBot(): boolean {
  return process.getuid?.() === 0 && spawnSync(process.execPath, ['--version'], { uid: 1000, cwd: '/' }).status === 0;
}

const unable = whyNot() ?? (canBecomeBot() ? undefined : 'nobody can become another user here');
const pods = podsOf(unable === undefined ? built('overlays/staging') : []);

describe.skipIf(unable !== undefined)(`the volume in Kubernetes${unable ? ` (skipped: ${unable})` : ''}`, () => {
  let volume: string;
  beforeEach(() => {
    // Not in the folder for tests, which is for one user alone.
    volume = mkdtempSync('/tmp/surfaces-volume-');
  });
  afterEach(() => rmSync(volume, { recursive: true, force: true }));

  const pod = (): Manifest => pods.get('agent-host');
  /** As the container would. */
  const prepare = () => {
    const [container] = pod().spec.initContainers;
    const [mount] = container.volumeMounts;
    const args = container.command.slice(1).map((arg: string) => arg.replaceAll(mount.mountPath, volume));
    const { runAsUser: uid, runAsGroup: gid } = container.securityContext;
    return spawnSync(process.execPath, args, { uid, gid, encoding: 'utf8', cwd: '/' });
  };
  const { runAsUser, fsGroup } = pods.get('agent-host')?.spec.securityContext ?? {};

  // What Kubernetes makes of a new one, and what many servers of NFS give.
  test.each([
    ['given to the group', 0o2775, 2000],
    ['open to all', 0o777, 0],
  ])('one that is %s gets a folder that is the bot’s, with the mode of docs/FILES.md', (_, mode, gid) => {
    chownSync(volume, 0, gid);
    chmodSync(volume, mode);
    for (let time = 0; time < 2; time++) {
      expect(prepare()).toMatchObject({ status: 0, stderr: '' });
      const found = statSync(join(volume, 'agents'));
      expect([found.uid, found.gid, found.mode & 0o7777]).toEqual([1000, fsGroup, 0o3770]);
    }
  });

  test('agents may make what is theirs there, and not move what is the bot’s', () => {
    chownSync(volume, 0, fsGroup);
    chmodSync(volume, 0o2775);
    prepare();
    const agents = join(volume, 'agents');
    mkdirSync(join(agents, 'a-room'));
    chownSync(join(agents, 'a-room'), 1000, fsGroup);
    const asAgent = (code: string) =>
      spawnSync('setpriv', [
        '--reuid',
        `${runAsUser}`,
        '--regid',
        `${runAsUser}`,
        '--groups',
        `${fsGroup}`,
        process.execPath,
        '--eval',
        code,
      ]);
    expect(asAgent(`fs.mkdirSync('${agents}/.host')`).status).toBe(0);
    expect(asAgent(`fs.renameSync('${agents}/a-room', '${agents}/mine')`).status).not.toBe(0);
  });

  test('one that only root may write is said', () => {
    chmodSync(volume, 0o755);
    expect(prepare()).toMatchObject({ status: 1, stderr: expect.stringContaining('EACCES') });
  });

  test('who has it sees only that folder, by the one group', () => {
    for (const [role, { spec }] of pods) {
      const mounts = spec.containers[0].volumeMounts.filter(({ name }: Manifest) => name === 'agents');
      if (mounts.length === 0) continue;
      const [{ subPath, readOnly = false }] = mounts;
      expect([subPath, readOnly], role).toEqual(['agents', role === 'command-worker']);
      expect(spec.securityContext).toMatchObject({ fsGroup, fsGroupChangePolicy: 'OnRootMismatch' });
    }
    expect(runAsUser).not.toBe(1000);
  });
});
