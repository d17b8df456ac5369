import { afterAll, beforeAll, expect, test } from 'vitest';
import { registry } from '../runtime/metrics.ts';
import { sleep } from '../time/time.ts';
import { type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { openDatabase } from './postgres.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(1);
});
afterAll(() => database.drop());

const value = async (name: string, labels = ''): Promise<number> => {
  const line = (await registry.metrics())
    .split('\n')
    .find((each) => each.startsWith(`surfaces_database_${name}${labels} `));
  return Number(line?.split(' ').at(-1) ?? 0);
};
const outcomes = async () => ({
  ok: await value('statements_total', '{outcome="ok"}'),
  failed: await value('statements_total', '{outcome="failed"}'),
  unavailable: await value('statements_total', '{outcome="unavailable"}'),
});

test('statements count by what became of them', async () => {
  const before = await outcomes();
  await database.run({ name: 'test_one', text: 'SELECT 1' });
  await database.run({ name: 'test_bad', text: 'SELECT 1/0' }).catch(() => {});
  const nowhere = openDatabase('postgres://nobody@127.0.0.1:1/none', { namespace: 'none' });
  await nowhere.run({ name: 'test_one', text: 'SELECT 1' }).catch(() => {});
  await nowhere.close();
  expect(await outcomes()).toEqual({
    ok: before.ok + 1,
    failed: before.failed + 1,
    unavailable: before.unavailable + 1,
  });
});

test('the pool shows what it is at, until it is closed', async () => {
  const nap = { name: 'test_nap', text: 'SELECT pg_sleep(0.3)' };
  const napping = [database.run(nap), database.run(nap)];
  while ((await value('connections', '{state="in_use"}')) < 1) await sleep(10);
  expect(await value('waiting')).toBe(1);
  await Promise.all(napping);
  expect(await value('connections', '{state="in_use"}')).toBe(0);
  expect(await value('connections', '{state="idle"}')).toBe(1);
  expect(await value('waiting')).toBe(0);
});
