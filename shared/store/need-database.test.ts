import { afterEach, beforeEach, expect, test } from 'vitest';
import { Readiness } from '../runtime/health.ts';
import { TcpProxy } from '../runtime/test-tcp-proxy.ts';
import { needDatabase } from './need-database.ts';
import { type Database, openDatabase } from './postgres.ts';

const ONE = { name: 'test_one', text: 'SELECT 1' };
const soon = { timeout: 20_000, interval: 50 };
let proxy: TcpProxy;
let database: Database;
const stop = new AbortController();
beforeEach(async () => {
  const url = process.env.DATABASE_URL!;
  proxy = await new TcpProxy(url).start();
  database = openDatabase(proxy.through(url), { namespace: 'public', max: 4 });
});
afterEach(async () => {
  stop.abort();
  proxy.stop();
  await database.close();
});

test('a Postgres of which nothing comes any more is away, and back within seconds of its return', {
  timeout: 60_000,
}, async () => {
  const readiness = new Readiness(['database']);
  const ended = needDatabase(database, { readiness, stopping: stop.signal }, 200);
  const needs = () => readiness.reasons().map(({ need }) => need);
  await expect.poll(needs, soon).toEqual([]);
  // The pool is full of connections that will be dead.
  await Promise.all(
    Array.from({ length: 4 }, () => database.run({ name: 'test_sleep', text: 'SELECT pg_sleep(0.3)' })),
  );
  proxy.swallow();
  await expect.poll(needs, soon).toEqual(['database']);
  expect(readiness.reasons()[0]?.problem).toContain('database_unavailable');
  proxy.mend();
  const mended = performance.now();
  await expect.poll(needs, soon).toEqual([]);
  // The other old connections are not tried one after the other, for twenty seconds each.
  for (let turn = 0; turn < 4; turn += 1) expect(await database.run(ONE)).toHaveLength(1);
  expect(performance.now() - mended).toBeLessThan(8_000);
  stop.abort();
  await ended;
});
