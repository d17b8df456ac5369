import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { TcpProxy } from '../runtime/test-tcp-proxy.ts';
import { type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { openDatabase } from './postgres.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(2);
});
afterAll(() => database.drop());

describe('the database', () => {
  it('works in the schema of the namespace, reading committed, with deadlines', async () => {
    const [row] = await database.run({
      name: 'test_settings',
      text: `SELECT current_schema() AS schema, current_setting('transaction_isolation') AS isolation, current_setting('statement_timeout') AS timeout`,
    });
    expect(row).toEqual({ schema: database.namespace, isolation: 'read committed', timeout: '15s' });
  });

  it('reads BIGINT as a number', async () => {
    const rows = await database.run({
      name: 'test_big',
      text: 'SELECT 9007199254740991::bigint AS big, 1::int AS small',
    });
    expect(rows).toEqual([{ big: Number.MAX_SAFE_INTEGER, small: 1 }]);
  });

  it('counts its statements', async () => {
    const before = database.statements;
    await database.run({ name: 'test_one', text: 'SELECT 1' });
    expect(database.statements - before).toBe(1);
  });

  it('passes on what the statement itself did wrong, and goes on', async () => {
    await expect(database.run({ name: 'test_bad', text: 'SELECT 1/0' })).rejects.toMatchObject({ code: '22012' });
    expect(await database.run({ name: 'test_one', text: 'SELECT 1' })).toHaveLength(1);
  });

  it('calls a cut connection what it is, and connects again', async () => {
    const cut = { name: 'test_cut', text: 'SELECT pg_terminate_backend(pg_backend_pid())' };
    await expect(database.run(cut)).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(await database.run({ name: 'test_one', text: 'SELECT 1' })).toHaveLength(1);
  });

  it('does the same where the server is killed and the connection reset in mid-statement', async () => {
    const proxy = await new TcpProxy(database.url).start();
    const through = openDatabase(proxy.through(database.url), { namespace: database.namespace, max: 1 });
    onTestFinished(() => through.close().finally(() => proxy.stop()));
    const slow = through.run({ name: 'test_slow', text: 'SELECT pg_sleep(20)' });
    const asked = { name: 'test_asked', text: "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)'" };
    await expect.poll(() => database.run(asked)).toHaveLength(1);
    proxy.reset();
    await expect(slow).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(await through.run({ name: 'test_one', text: 'SELECT 1' })).toHaveLength(1);
  });

  it('says so where no Postgres is', async () => {
    const nowhere = openDatabase('postgres://nobody@127.0.0.1:1/none', { namespace: 'none' });
    await expect(nowhere.run({ name: 'test_one', text: 'SELECT 1' })).rejects.toMatchObject({
      code: 'database_unavailable',
    });
    await nowhere.close();
  });

  it('keeps the options that stand in the url', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c work_mem=7MB');
    const other = openDatabase(url.href, { namespace: database.namespace, max: 1 });
    const [row] = await other.run({
      name: 'test_options',
      text: `SELECT current_setting('work_mem') AS mem, current_schema() AS schema`,
    });
    expect(row).toEqual({ mem: '7MB', schema: database.namespace });
    await other.close();
  });
});
