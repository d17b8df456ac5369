import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dropSchema } from './fresh-database.ts';
import { assertSchema, migrate, pendingMigrations } from './migrate.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { connectOnce, type Database, openDatabase } from './postgres.ts';

const url = process.env.DATABASE_URL!;
const namespaces: string[] = [];
const databases: Database[] = [];

function schema() {
  const namespace = `test_${randomBytes(6).toString('hex')}`;
  namespaces.push(namespace);
  const database = openDatabase(url, { namespace, max: 1 });
  databases.push(database);
  return { namespace, database };
}

afterEach(async () => {
  for (const database of databases.splice(0)) await database.close();
  for (const namespace of namespaces.splice(0)) await dropSchema(url, namespace);
});

const migration = (name: string, sql: string): Migration => ({
  name,
  sql,
  checksum: `${name} ${sql}`.padEnd(64).slice(0, 64),
});
const first = migration('1_first', 'CREATE TABLE one (id int)');
const second = migration('2_second', 'CREATE TABLE two (id int)');
const count = (name: string) => ({ name: `test_count_${name}`, text: `SELECT count(*)::int AS n FROM ${name}` });

describe('migrate', () => {
  it('applies what is missing, once', async () => {
    const { namespace, database } = schema();
    expect((await migrate(url, namespace)).applied).toEqual(readMigrations().map((each) => each.name));
    expect((await migrate(url, namespace)).applied).toEqual([]);
    await assertSchema(database);
  });

  it('may be run at once by several processes', async () => {
    const { namespace, database } = schema();
    const script = `import('./shared/store/migrate.ts').then(({ migrate }) => migrate(process.env.DATABASE_URL, '${namespace}'))`;
    const children = Array.from({ length: 4 }, () => spawn(process.execPath, ['-e', script], { stdio: 'ignore' }));
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(await database.run(count('_prisma_migrations'))).toEqual([{ n: readMigrations().length }]);
  });

  it('refuses a migration that was edited after it was applied', async () => {
    const { namespace, database } = schema();
    await migrate(url, namespace, () => {}, [first]);
    const edited = [migration(first.name, 'CREATE TABLE one (id bigint)')];
    await expect(migrate(url, namespace, () => {}, edited)).rejects.toMatchObject({ code: 'migration_edited' });
    await expect(assertSchema(database, edited)).rejects.toMatchObject({ code: 'migration_edited' });
  });

  it('refuses a database that is newer or older than the code, and names both versions', async () => {
    const { namespace, database } = schema();
    const older = expect.stringMatching(/older than this code.*nothing.*1_first/);
    await expect(assertSchema(database, [first])).rejects.toMatchObject({ code: 'schema_mismatch', message: older });
    await migrate(url, namespace, () => {}, [first, second]);
    const newer = expect.stringMatching(/newer than this code.*2_second.*1_first/);
    await expect(assertSchema(database, [first])).rejects.toMatchObject({ code: 'schema_mismatch', message: newer });
    await expect(migrate(url, namespace, () => {}, [first])).rejects.toMatchObject({ message: newer });
  });

  it('applies a migration whole or not at all, and again after it was mended', async () => {
    const { namespace, database } = schema();
    const broken = migration('2_second', 'CREATE TABLE two (id int); SELECT no_such_function()');
    await expect(migrate(url, namespace, () => {}, [first, broken])).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('no_such_function'),
    });
    await expect(database.run(count('two'))).rejects.toMatchObject({ code: '42P01' });
    expect((await migrate(url, namespace, () => {}, [first, second])).applied).toEqual(['2_second']);
    expect(await database.run(count('two'))).toEqual([{ n: 0 }]);
  });

  it('says what goes on, and waits its turn', async () => {
    const { namespace } = schema();
    const lines: string[] = [];
    const holder = await connectOnce(url, 'public', 'test');
    await holder.query('SELECT pg_advisory_lock(72707369)');
    const done = migrate(url, namespace, (line) => lines.push(line), [first, second]);
    await vi.waitFor(() => expect(lines).toEqual(['another process migrates this database; waiting for it']));
    await holder.end();
    await done;
    expect(lines.slice(1)).toEqual([
      'applying 1_first (1 of 2)',
      expect.stringMatching(/^applied 1_first in \d+\.\d s$/),
      'applying 2_second (2 of 2)',
      expect.stringMatching(/^applied 2_second in/),
    ]);
  });

  it('names what it would apply, and applies nothing', async () => {
    const { namespace, database } = schema();
    expect(await pendingMigrations(database, [first])).toEqual({ at: 'nothing', pending: [first] });
    await migrate(url, namespace, () => {}, [first]);
    expect(await pendingMigrations(database, [first, second])).toEqual({ at: '1_first', pending: [second] });
    await expect(database.run(count('two'))).rejects.toMatchObject({ code: '42P01' });
  });

  it('tries again where somebody holds a table that it needs', async () => {
    const { namespace } = schema();
    await migrate(url, namespace, () => {}, [first]);
    const holder = await connectOnce(url, namespace, 'test');
    await holder.query('BEGIN; SELECT FROM one');
    const lines: string[] = [];
    const hurried = migration('2_hurried', "SET LOCAL lock_timeout = '50ms'; ALTER TABLE one ADD COLUMN more int");
    const done = migrate(url, namespace, (line) => lines.push(line), [first, hurried]);
    await vi.waitFor(() => expect(lines.join()).toContain('somebody holds a table'), { timeout: 5_000 });
    await holder.end();
    expect((await done).applied).toEqual(['2_hurried']);
  });

  it('refuses where another tool began a migration and did not finish it', async () => {
    const { namespace } = schema();
    await migrate(url, namespace, () => {}, [first]);
    const connection = await connectOnce(url, namespace, 'test');
    await connection.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', $1, '2_second')",
      [second.checksum],
    );
    await connection.end();
    await expect(migrate(url, namespace, () => {}, [first, second])).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('2_second'),
    });
  });
});

describe('a database that is newer than the code', () => {
  const expanding = migration('2_more', '-- surfaces: expands\nALTER TABLE one ADD COLUMN more int');
  const ending = migration('3_end', '-- surfaces: contracts\nALTER TABLE one DROP COLUMN id');
  const unmarked = migration('3_end', 'ALTER TABLE one DROP COLUMN id');

  it('is as good as its own where it only expands, for its roles and its own migrate', async () => {
    const { namespace, database } = schema();
    await migrate(url, namespace, () => {}, [first, expanding]);
    await assertSchema(database, [first]);
    expect((await migrate(url, namespace, () => {}, [first])).applied).toEqual([]);
  });

  it.each([ending, unmarked])('is refused where something ends what older code relies on', async (last) => {
    const { namespace, database } = schema();
    await migrate(url, namespace, () => {}, [first, expanding, last]);
    const refusal = expect.stringMatching(/newer than this code.*at 3_end.*code at 1_first, and 3_end ends/);
    await expect(assertSchema(database, [first])).rejects.toMatchObject({ code: 'schema_mismatch', message: refusal });
    await expect(assertSchema(database, [first, expanding])).rejects.toMatchObject({ code: 'schema_mismatch' });
  });

  it('is refused where it is also older', async () => {
    const { namespace, database } = schema();
    await migrate(url, namespace, () => {}, [first, expanding]);
    const both = expect.stringMatching(/neither older nor newer.*has 2_more.*lacks 3_end/);
    await expect(assertSchema(database, [first, ending])).rejects.toMatchObject({ message: both });
  });

  it('is judged by marks that are recorded later, where another tool applied the migration', async () => {
    const { namespace, database } = schema();
    await migrate(url, namespace, () => {}, [first, expanding]);
    await database.run({ name: 'test_unknown', text: 'ALTER TABLE _prisma_migrations DROP COLUMN expands' });
    await expect(assertSchema(database, [first])).rejects.toMatchObject({ code: 'schema_mismatch' });
    await assertSchema(database, [first, expanding]);
    await migrate(url, namespace, () => {}, [first, expanding]);
    await assertSchema(database, [first]);
  });
});

describe('a migration that goes statement by statement', () => {
  const index = (name: string) =>
    `DROP INDEX CONCURRENTLY IF EXISTS ${name}; CREATE INDEX CONCURRENTLY ${name} ON one (id);`;
  const piecewise = (sql: string) => migration('2_pieces', `-- surfaces: expands, statement by statement\n${sql}`);
  const valid = {
    name: 'test_valid',
    text: "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('one_id')",
  };

  it('builds an index while somebody writes', async () => {
    const { namespace, database } = schema();
    await migrate(url, namespace, () => {}, [first]);
    await migrate(url, namespace, () => {}, [first, piecewise(index('one_id'))]);
    expect(await database.run(valid)).toEqual([{ valid: true }]);
  });

  it('is one transaction where the schema is being made', async () => {
    const { namespace, database } = schema();
    await migrate(url, namespace, () => {}, [first, piecewise(index('one_id'))]);
    expect(await database.run(valid)).toEqual([{ valid: true }]);
  });

  it('is begun again after it failed half-way', async () => {
    const { namespace, database } = schema();
    await migrate(url, namespace, () => {}, [first]);
    const broken = piecewise(`${index('one_id')} SELECT no_such_function();`);
    await expect(migrate(url, namespace, () => {}, [first, broken])).rejects.toMatchObject({
      message: expect.stringMatching(/begun again by the next run.*no_such_function/),
    });
    expect((await migrate(url, namespace, () => {}, [first, piecewise(index('one_id'))])).applied).toEqual([
      '2_pieces',
    ]);
    expect(await database.run(valid)).toEqual([{ valid: true }]);
  });

  it('may be run at once by several processes', async () => {
    const { namespace, database } = schema();
    await migrate(url, namespace, () => {}, [first]);
    const all = [first, piecewise(index('one_id'))];
    const runs = await Promise.all(Array.from({ length: 3 }, () => migrate(url, namespace, () => {}, all)));
    expect(runs.flatMap(({ applied }) => applied)).toEqual(['2_pieces']);
    expect(await database.run(valid)).toEqual([{ valid: true }]);
  });
});
