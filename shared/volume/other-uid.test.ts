import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testVolume } from './test-volume.ts';

const [BOT, AGENT, GROUP] = [61_233, 61_234, 61_235];

/** A volume as README.md tells an operator to set it up: owned by the bot, shared by group, sticky. */
function sharedVolume() {
  // Not in the folder for tests, which may be for one user alone.
  const volume = testVolume('/tmp');
  chmodSync(dirname(volume.agentsDir), 0o755);
  chownSync(volume.agentsDir, BOT, GROUP);
  chmodSync(volume.agentsDir, 0o3770);
  return volume;
}

/** What the agent does in its container, under its own uid. @returns what it prints. */
function asAgent(cwd: string, script: string): string {
  const options = { uid: AGENT, gid: GROUP, cwd, encoding: 'utf8', stdio: 'pipe' } as const;
  return execFileSync('/bin/sh', ['-c', `umask 002; ${script}`], options);
}

/** Runs a module as the bot, who is not root in production. `HERE` is this folder. */
function asBot(script: string): string {
  const source = `const HERE = ${JSON.stringify(`${import.meta.dirname}/`)};\n${script}`;
  const options = { uid: BOT, gid: GROUP, cwd: '/', encoding: 'utf8', stdio: 'pipe' } as const;
  return execFileSync(process.execPath, ['--input-type=module', '-e', source], options);
}

/** Root can become both; and both have to be let as far as this folder. */
function canBecomeBoth(): boolean {
  try {
    return process.getuid?.() === 0 && asBot("await import(HERE + 'layout.ts'); console.log('so')") === 'so\n';
  } catch {
    return false;
  }
}

describe.skipIf(!canBecomeBoth())(
  'an agent under another uid, in the group (needs root to become both, and a checkout that everybody may read)',
  () => {
    const receive = (workspace: string) =>
      asBot(`
      const { beginIncoming } = await import(HERE + 'incoming-file.ts');
      const file = await beginIncoming('${workspace}', '$event');
      await file.write(Buffer.from('from a person'));
      console.log((await file.settle('a.txt')).path);
    `);

    test('reads what comes in, changes it, and writes beside it', async () => {
      await using volume = sharedVolume();
      const workspace = join(volume.agentsDir, 'chat-2');
      expect(receive(workspace)).toBe('inbox/a.txt\n');
      expect(statSync(join(workspace, 'inbox/a.txt'))).toMatchObject({ uid: BOT, gid: GROUP });
      expect(
        asAgent(workspace, 'cat inbox/a.txt; echo more >> inbox/a.txt; mkdir outbox; echo answer > outbox/b'),
      ).toBe('from a person');
      expect(readFileSync(join(workspace, 'inbox/a.txt'), 'utf8')).toBe('from a personmore\n');
    });

    test('offers what the bot can read, in folders that the bot can empty', async () => {
      await using volume = sharedVolume();
      const workspace = join(volume.agentsDir, 'chat-2');
      receive(workspace);
      asAgent(workspace, 'mkdir -p outbox/deep; echo answer > outbox/deep/b; rm inbox/a.txt');
      const out = asBot(`
      const { openBeneath } = await import(HERE + 'open-beneath.ts');
      const { removeWorkspace } = await import(HERE + 'remove-workspace.ts');
      console.log(await (await openBeneath('${workspace}', 'outbox/deep/b')).readFile('utf8'));
      await removeWorkspace('${volume.agentsDir}', 'chat-2');
    `);
      expect(out).toBe('answer\n\n');
      expect(existsSync(workspace)).toBe(false);
    });

    test('makes the workspace itself: the bot cannot set its mode, and need not', async () => {
      await using volume = sharedVolume();
      const workspace = join(volume.agentsDir, 'chat-2');
      asAgent(volume.agentsDir, 'mkdir chat-2; mkdir chat-2/inbox');
      expect(statSync(workspace)).toMatchObject({ uid: AGENT, gid: GROUP });
      expect(receive(workspace)).toBe('inbox/a.txt\n');
      expect(asAgent(workspace, 'cat inbox/a.txt')).toBe('from a person');
    });

    test('keeps a file to itself: the bot says what to do', async () => {
      await using volume = sharedVolume();
      const workspace = join(volume.agentsDir, 'chat-2');
      receive(workspace);
      asAgent(workspace, 'umask 077; echo secret > a');
      const out = asBot(`
      const { openBeneath } = await import(HERE + 'open-beneath.ts');
      await openBeneath('${workspace}', 'a').catch(({ code, message }) => console.log(code, message));
    `);
      expect(out).toBe('file_unavailable "a" may not be read by the bot; give its group the right to\n');
    });

    test('has no way to what is being written, to copies, or to exchange its workspace', async () => {
      await using volume = sharedVolume();
      const workspace = join(volume.agentsDir, 'chat-2');
      receive(workspace);
      asBot(`
      const { makeFolder, outgoingFolder, PRIVATE_FOLDER_MODE } = await import(HERE + 'layout.ts');
      await makeFolder(outgoingFolder('${volume.agentsDir}'), PRIVATE_FOLDER_MODE);
      const { beginIncoming } = await import(HERE + 'incoming-file.ts');
      await beginIncoming('${workspace}', '$another');
    `);
      expect(() => asAgent(workspace, 'cat inbox/.*.part')).toThrow(/Permission denied/);
      expect(() => asAgent(volume.agentsDir, 'ls .outgoing')).toThrow(/Permission denied/);
      expect(() => asAgent(volume.agentsDir, 'mv chat-2 chat-3')).toThrow(/not permitted/);
      expect(() => asAgent(volume.agentsDir, 'mv .outgoing x')).toThrow(/not permitted/);
    });
  },
);
