import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { sleep } from '../time/time.ts';
import { type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { openDatabase } from './postgres.ts';
import { isRunAtWork, withRunLock } from './run-lock.ts';

/** Sooner than a session that is idle ends by itself, which takes 3 s. */
const SOON_MS = 2_000;

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(2);
});
afterAll(() => database.drop());

const session = () => openDatabase(database.url, { namespace: database.namespace, max: 1 });

/** Another process that takes the lock and holds it for ever. */
async function holder() {
  const lock = new URL('./run-lock.ts', import.meta.url).href;
  const postgres = fileURLToPath(new URL('./postgres.ts', import.meta.url));
  const script = `
    const { withRunLock } = await import(${JSON.stringify(lock)});
    const { openDatabase } = await import(${JSON.stringify(postgres)});
    const session = openDatabase(${JSON.stringify(database.url)}, { namespace: ${JSON.stringify(database.namespace)}, max: 1 });
    await withRunLock(session, async (lost) => {
      console.log('held');
      await new Promise((resolve) => lost.addEventListener('abort', resolve));
      console.log('lost');
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // One that a failed test left standing would hold the run's own output open, and the run would never end.
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('held');
  return { child, next: async () => (await lines.next()).value };
}

async function until(what: () => Promise<boolean>, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms`);
    await sleep(20);
  }
}

test('one at a time, and the next one when it is done', { timeout: 30_000 }, async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    expect(await isRunAtWork(database)).toBe(true);
    await sleep(100);
    inside -= 1;
  };
  const took = await Promise.all(Array.from({ length: 5 }, () => withRunLock(session(), work)));
  expect(took.filter(Boolean)).toHaveLength(1);
  expect(most).toBe(1);
  // Postgres has it back a moment after the session was closed.
  await until(() => withRunLock(session(), work), SOON_MS);
  await until(async () => !(await isRunAtWork(database)), SOON_MS);
});

test('is given back where the work fails', { timeout: 30_000 }, async () => {
  const fails = withRunLock(session(), () => Promise.reject(new Error('no')));
  await expect(fails).rejects.toThrow('no');
  await until(() => withRunLock(session(), async () => {}), SOON_MS);
});

test('a process that is killed loses it at once', { timeout: 30_000 }, async () => {
  const { child } = await holder();
  expect(await withRunLock(session(), async () => {})).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await until(() => withRunLock(session(), async () => {}), SOON_MS);
});

test('one that hangs loses it in seconds, and learns of it when it wakes', { timeout: 30_000 }, async () => {
  const { child, next } = await holder();
  child.kill('SIGSTOP');
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  // However long a try takes: one that was given up would take the lock all the same, and keep it.
  const take = () =>
    new Promise<boolean>((resolve, reject) => {
      const work = () => {
        resolve(true);
        return held;
      };
      withRunLock(session(), work).then(resolve, reject);
    });
  await until(take, 15_000);
  child.kill('SIGCONT');
  expect(await next()).toBe('lost');
  release();
  await once(child, 'exit');
});
