import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { dropSchema } from './fresh-database.ts';
import { assertSchema, migrate } from './migrate.ts';
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
