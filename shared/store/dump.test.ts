import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { beginDump, type DumpedRows, type DumpStart, dumpRows, endDump } from './dump.ts';
import { dropSchema } from './fresh-database.ts';
import { lastLoad } from './last-load.ts';
import { beginLoad } from './load-dump.ts';
import { assertSchema, migrate } from './migrate.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { type Connection, connectOnce, openDatabase } from './postgres.ts';

const url = process.env.DATABASE_URL!;
const opened: { namespace: string; connection: Connection }[] = [];

async function schema(migrations?: readonly Migration[]): Promise<{ namespace: string; connection: Connection }> {
  const namespace = `test_${randomBytes(6).toString('hex')}`;
  if (migrations) await migrate(url, namespace, () => {}, migrations);
  const connection = await connectOnce(url, namespace, 'surfaces test');
  opened.push({ namespace, connection });
  return { namespace, connection };
}
afterEach(async () => {
  for (const { namespace, connection } of opened.splice(0)) {
    await connection.end();
    await dropSchema(url, namespace);
  }
});

type Dump = { start: DumpStart; rows: DumpedRows[] };

async function allRows(connection: Connection, { tables }: DumpStart): Promise<DumpedRows[]> {
  const batches: DumpedRows[] = [];
  for await (const batch of dumpRows(connection, tables)) batches.push(batch);
  return batches;
}

async function dump(connection: Connection): Promise<Dump> {
  const start = (await beginDump(connection))!;
  const rows = await allRows(connection, start);
  await endDump(connection);
  return { start, rows };
}

async function load(
  { connection, namespace }: { connection: Connection; namespace: string },
  { start, rows }: Dump,
  code = readMigrations(),
): Promise<string[]> {
  const load = await beginLoad(connection, namespace, start.migrations, code);
  for (const { table, text } of rows) await load.insert(start.tables.find(({ name }) => name === table)!, text);
  const applied = await load.finish(start.sequences);
  await load.commit('the-test');
  return applied;
}

const textOf = ({ rows }: Dump) => rows.map(({ table, text }) => `${table}\n${text}`).join('');

/** Any text that Postgres can hold. */
const text = fc
  .string({ unit: 'binary', maxLength: 30 })
  .map((value) => value.replaceAll('\0', ''))
  .filter((value) => value.isWellFormed());
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value).replaceAll('\\u0000', '')),
  fc.constantFrom('null', '1e400', '0.10', '12345678901234567890123', '{"a": {"b": null}}', '"\\ud83d\\ude00"'),
);
const time = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999 }))
    .map(([s, us]) => `${new Date(s * 1000).toISOString().slice(0, 19)}.${String(us).padStart(6, '0')}Z`),
  fc.constantFrom('infinity', '-infinity', '0044-03-15 12:00:00+00 BC'),
);
const bigint = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const row = fc.record({
  name: text,
  amount: fc.option(bigint, { nil: null }),
  body: fc.option(
    json.filter((value) => value.isWellFormed()),
    { nil: null },
  ),
  at: fc.option(time, { nil: null }),
  flag: fc.option(fc.boolean(), { nil: null }),
  cost: fc.option(
    fc.double().map((value) => String(value)),
    { nil: null },
  ),
});
/** What a column may be, more than there is today; a name that has to be quoted, and one that is gone. */
const anything: Migration = {
  name: '1_anything',
  checksum: '1',
  sql: `CREATE TABLE "Any ""thing" (gone text, name text, amount bigint, body jsonb, "at" timestamptz, flag boolean, cost float8);
    ALTER TABLE "Any ""thing" DROP COLUMN gone; CREATE TABLE lane_cursor (source text PRIMARY KEY)`,
};

describe('dump and load', () => {
  test('whatever stands in a column is there again, to the last bit', async () => {
    const from = await schema([anything]);
    await from.connection.query('SET enable_seqscan = on');
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        await from.connection.query('TRUNCATE "Any ""thing"');
        for (const { name, amount, body, at, flag, cost } of rows)
          await from.connection.query('INSERT INTO "Any ""thing" VALUES ($1, $2, $3, $4, $5, $6)', [
            ...[name, amount, body, at, flag, cost],
          ]);
        const before = await dump(from.connection);
        const into = await schema();
        await load(into, before, [anything]);
        expect(textOf(await dump(into.connection))).toBe(textOf(before));
        const { rows: same } = await from.connection.query(
          `SELECT count(*) AS count FROM "Any ""thing" a JOIN "${into.namespace}"."Any ""thing" b
             ON ROW(a.*) IS NOT DISTINCT FROM ROW(b.*)`,
        );
        expect(Number(same[0].count)).toBeGreaterThanOrEqual(rows.length);
      }),
      { numRuns: 12 },
    );
  });

  test('more rows than are read at once, of the tables as they are; what was committed later is not in it', async () => {
    const from = await schema(readMigrations());
    await from.connection.query(
      `INSERT INTO lane_item (key, lane_id, seq, position, queue, body)
         SELECT '$' || n, 'room/!r', n, n, 'turns', jsonb_build_object('text', repeat('é', n % 7)) FROM generate_series(1, 1200) AS n`,
    );
    await from.connection.query("INSERT INTO lane_cursor (source, token) VALUES ('matrix/@bot:b', 's1')");
    const start = (await beginDump(from.connection))!;
    const other = await connectOnce(url, from.namespace, 'surfaces test');
    // The stack goes on meanwhile.
    await other.query("UPDATE lane_cursor SET token = 's2'");
    await other.query("DELETE FROM lane_item WHERE key = '$7'");
    await other.end();
    const rows = await allRows(from.connection, start);
    await endDump(from.connection);
    expect(start.accounts).toEqual(['@bot:b']);
    expect(rows.filter(({ table }) => table === 'lane_item').map((batch) => batch.rows)).toEqual([
      250, 250, 250, 250, 200,
    ]);
    const into = await schema();
    await load(into, { start, rows });
    expect(textOf(await dump(into.connection))).toBe(textOf({ start, rows }));
    const { rows: cursor } = await into.connection.query('SELECT token FROM lane_cursor');
    expect(cursor).toEqual([{ token: 's1' }]);
    expect(await lastLoad(into.connection)).toMatchObject({ id: 'the-test' });
  });

  test('numbers go on from where they were', async () => {
    const numbered = {
      name: '1_numbered',
      checksum: '1',
      sql: `CREATE TABLE "Log" (id BIGSERIAL, text text);
      CREATE TABLE unused (id BIGSERIAL); CREATE TABLE lane_cursor (source text PRIMARY KEY)`,
    };
    const from = await schema([numbered]);
    await from.connection.query(`INSERT INTO "Log" (text) SELECT 'x' FROM generate_series(1, 5)`);
    await from.connection.query('DELETE FROM "Log" WHERE id > 3');
    const into = await schema();
    await load(into, await dump(from.connection), [numbered]);
    const next = (table: string) => into.connection.query(`INSERT INTO ${table} DEFAULT VALUES RETURNING id`);
    expect((await next('"Log"')).rows).toEqual([{ id: 6 }]);
    expect((await next('unused')).rows).toEqual([{ id: 1 }]);
  });

  test('nothing of the schema is of a kind that a dump does not know', async () => {
    const { connection } = await schema(readMigrations());
    const { rows } = await connection.query(`SELECT relkind::text AS kind, relname AS name FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind NOT IN ('r', 'i', 'S')
      UNION ALL SELECT 'generated', attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace = current_schema()::regnamespace AND (attgenerated <> '' OR attidentity <> '')
      UNION ALL SELECT 'constraint', conname FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace AND contype = 'f'
      UNION ALL SELECT 'trigger', tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
        WHERE relnamespace = current_schema()::regnamespace
      UNION ALL SELECT 'type', typname FROM pg_type WHERE typnamespace = current_schema()::regnamespace AND typtype IN ('e', 'd', 'r')`);
    expect(rows).toEqual([]);
  });

  test('a schema in which nothing was ever applied has no dump', async () => {
    const { connection } = await schema();
    expect(await beginDump(connection)).toBeUndefined();
  });
});

describe('a dump of another version', () => {
  const [first, ...later] = readMigrations();

  test('of an earlier migration is loaded as it was, and then migrated, whatever is there already', async () => {
    const from = await schema([first!]);
    await from.connection.query("INSERT INTO room (room_id, kind, owner) VALUES ('!r:b', 'chat', '@ann:b')");
    const old = await dump(from.connection);
    // Whoever restores has perhaps migrated before.
    const into = await schema(readMigrations());
    expect(await load(into, old)).toEqual(later.map(({ name }) => name));
    const { rows } = await into.connection.query('SELECT room_id, named_by, unsaved, gone_at FROM room');
    expect(rows).toEqual([{ room_id: '!r:b', named_by: 'nobody', unsaved: false, gone_at: null }]);
    const database = openDatabase(url, { namespace: into.namespace, max: 1 });
    await assertSchema(database);
    await database.close();
    // The functions are those of the end, and only those.
    const { rows: functions } = await into.connection.query(
      "SELECT proname AS name, pronargs::int AS n FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname = 'lane_release'",
    );
    expect(functions).toEqual([{ name: 'lane_release', n: 8 }]);
  });

  test('of a later or edited migration is refused, naming both', async () => {
    const from = await schema(readMigrations());
    const { start } = await dump(from.connection);
    const into = await schema();
    const begin = (code: readonly Migration[]) => beginLoad(into.connection, into.namespace, start.migrations, code);
    await expect(begin([first!])).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringMatching(new RegExp(`${readMigrations().at(-1)!.name}.*${first!.name}`)),
    });
    const edited = [{ ...first!, checksum: 'other' }, ...later];
    await expect(begin(edited)).rejects.toMatchObject({ code: 'migration_edited' });
  });
});

describe('a load that does not end', () => {
  test('leaves what was there, and the same may be begun again', async () => {
    const from = await schema(readMigrations());
    await from.connection.query("INSERT INTO person (user_id) VALUES ('@ann:b')");
    const there = await dump(from.connection);
    const into = await schema(readMigrations());
    await into.connection.query("INSERT INTO person (user_id) VALUES ('@bob:b')");
    const before = textOf(await dump(into.connection));
    const dying = await connectOnce(url, into.namespace, 'surfaces test');
    const begun = await beginLoad(dying, into.namespace, there.start.migrations);
    for (const { table, text } of there.rows)
      await begun.insert(there.start.tables.find(({ name }) => name === table)!, text);
    await begun.finish([]);
    await dying.end();
    expect(textOf(await dump(into.connection))).toBe(before);
    expect(await lastLoad(into.connection)).toBeUndefined();
    const broken = await beginLoad(into.connection, into.namespace, there.start.migrations);
    await expect(
      broken.insert({ name: 'person', columns: ['user_id', 'gone'] }, '["@x:b", null]\n'),
    ).rejects.toMatchObject({ code: 'schema_mismatch' });
    expect(textOf(await dump(into.connection))).toBe(before);
    await load(into, there);
    expect(textOf(await dump(into.connection))).toBe(textOf(there));
  });

  test('who holds a table is told of, not waited for without end', async () => {
    const into = await schema(readMigrations());
    const start = (await dump(into.connection)).start;
    const other = await connectOnce(url, into.namespace, 'surfaces test');
    await other.query('BEGIN');
    await other.query('SELECT FROM person');
    await expect(beginLoad(into.connection, into.namespace, start.migrations)).rejects.toMatchObject({
      code: 'database_unavailable',
    });
    await other.end();
  });
});
