import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withProcessLock } from './process-lock.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'surfaces-lock-'));
  path = join(folder, 'up.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('one holds it at a time, and the last leaves no file', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  await Promise.all([1, 2, 3, 4].map(() => withProcessLock(path, work)));
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});

test('it is free again after an error', async () => {
  await expect(withProcessLock(path, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await withProcessLock(path, async () => 'mine')).toBe('mine');
});

test('a holder that was killed loses it, one that lives does not', async () => {
  const script = `import('${new URL('process-lock.ts', import.meta.url)}').then(({ withProcessLock }) =>
    withProcessLock(${JSON.stringify(path)}, () => new Promise(() => { console.log('held'); setInterval(() => {}, 1000); })))`;
  const holder = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script]);
  await once(holder.stdout, 'data');
  let owner: number | undefined;
  const giveUp = new AbortController();
  const waiting = withProcessLock(path, async () => 'mine', {
    signal: giveUp.signal,
    onWait: (pid) => {
      owner = pid;
      giveUp.abort(new Error('I will not wait'));
    },
  });
  await expect(waiting).rejects.toThrow('I will not wait');
  expect(owner).toBe(holder.pid);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(await withProcessLock(path, async () => 'mine')).toBe('mine');
});
