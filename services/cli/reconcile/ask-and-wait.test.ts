import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../shared/store/fresh-database.ts';
import { openDatabase } from '../../../shared/store/postgres.ts';
import { beginRuns, finishRuns, isRunAskedFor, type RunResult } from '../../../shared/store/reconcile-runs.ts';
import { withRunLock } from '../../../shared/store/run-lock.ts';
import { sleep } from '../../../shared/time/time.ts';
import { askAndWait } from './ask-and-wait.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(3);
});
afterAll(() => database.drop());

const ask = (patienceMs: number) => askAndWait('full', true, database, patienceMs);

/** A worker that takes what is asked for after a while, and needs another while for it. */
async function work(result: RunResult, { afterMs = 0, forMs = 0 } = {}): Promise<void> {
  const session = openDatabase(database.url, { namespace: database.namespace, max: 1 });
  await withRunLock(session, async () => {
    await sleep(afterMs);
    while (!(await isRunAskedFor(database))) await sleep(20);
    const asked = await beginRuns(database);
    await sleep(forMs);
    await finishRuns(database, asked!.ids, result);
  });
}

test('where nobody takes it, it fails, and stays asked for', async () => {
  expect(await ask(100)).toBe(1);
  expect(await isRunAskedFor(database)).toBe(true);
  await work({ rooms: 0, actions: {} });
});

test('what a worker does is waited for, also while it is still at another run', async () => {
  const done = { rooms: 3, actions: { link: 1 } };
  const [code] = await Promise.all([ask(500), work(done, { afterMs: 1_500, forMs: 1_500 })]);
  expect(code).toBe(0);
});

test('that it failed is told', async () => {
  const [code] = await Promise.all([ask(5_000), work({ rooms: 0, actions: {}, failure: 'matrix_unavailable: away' })]);
  expect(code).toBe(1);
});
