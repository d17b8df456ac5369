import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import { databaseTrouble } from './database-trouble.ts';
import { type DumpedTable, type DumpStart, quotedName } from './dump.ts';
import { tablesOf } from './empty-schema.ts';
import { markLoad } from './last-load.ts';
import { applyWithin, MIGRATION_LOCK, prepareSchema } from './migrate.ts';
import { compareMigrations, type Migration, readMigrations } from './migrations.ts';
import type { Connection } from './postgres.ts';

const LOCK_MS = 5_000;
const FUNCTIONS = `SELECT p.oid::regprocedure::text AS name FROM pg_proc p
  WHERE p.pronamespace = current_schema()::regnamespace AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`;
const TYPES = `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
  WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`;

/** A dump that is being loaded. Until `commit` nothing of it is seen by anybody, and a process that is killed has done nothing. */
export type Load = {
  /** Rows as the dump has them: whole lines. */
  insert(table: DumpedTable, text: string): Promise<void>;
  /** Once all rows are in: sequences, and from the dump’s schema to this code’s. @returns the migrations that this took. */
  finish(sequences: DumpStart['sequences']): Promise<string[]>;
  /** @param id is found by `lastLoad` afterwards, exactly where the load was committed. */
  commit(id: string): Promise<void>;
  rollback(): Promise<void>;
};

/**
 * What this code applies after a dump’s rows are loaded.
 * @throws SurfacesError `schema_mismatch` for a dump that is newer than this code, naming both; `migration_edited`.
 */
export function migrationsAfter(
  dumped: DumpStart['migrations'],
  code: readonly Migration[] = readMigrations(),
): Migration[] {
  const applied = dumped.map((each) => ({
    ...each,
    finishedAt: new Date(0),
    rolledBackAt: null,
    logs: null,
    expands: false,
  }));
  return compareMigrations(code, applied);
}

/**
 * Begins to put a dump in the place of all that our schema holds, in one transaction. The schema is made as it was when the
 * dump was made, by the same migrations.
 * @throws SurfacesError `schema_mismatch`, `migration_edited`; `database_unavailable` where somebody holds a table for longer
 * than five seconds, or migrates.
 */
export async function beginLoad(
  connection: Connection,
  namespace: string,
  dumped: DumpStart['migrations'],
  code: readonly Migration[] = readMigrations(),
): Promise<Load> {
  const after = migrationsAfter(dumped, code);
  const types = new Map<string, string>();
  const rollback = async () => {
    await connection.query('ROLLBACK').catch(() => {});
  };
  const orRollback = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      await rollback();
      const held = (error as { code?: string }).code === '55P03';
      if (!held && !databaseTrouble(error)) throw error;
      throw new SurfacesError('database_unavailable', `nothing was loaded: ${describe(error)}`, { cause: error });
    }
  };
  await orRollback(async () => {
    await connection.query('BEGIN');
    await connection.query(
      `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = ${LOCK_MS}`,
    );
    await connection.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await dropContents(connection);
    await prepareSchema(connection, namespace);
    for (const migration of code) if (!after.includes(migration)) await applyWithin(connection, migration);
  });
  return {
    rollback,
    insert: (table, text) =>
      orRollback(async () => {
        const statement = types.get(table.name) ?? (await insertInto(connection, table));
        types.set(table.name, statement);
        await connection.query(statement, [`[${text.trimEnd().replaceAll('\n', ',')}]`]);
      }),
    finish: (sequences) =>
      orRollback(async () => {
        for (const { name, last } of sequences)
          await connection.query('SELECT setval($1::regclass, $2)', [quotedName(name), last]);
        for (const migration of after) await applyWithin(connection, migration);
        for (const { quoted } of await tablesOf(connection)) await connection.query(`ANALYZE ${quoted}`);
        return after.map(({ name }) => name);
      }),
    commit: (id) =>
      orRollback(async () => {
        await markLoad(connection, id);
        await connection.query('COMMIT');
      }),
  };
}

/** One restore of a schema at a time, for as long as the connection lives. @returns false where another one is at it. */
export async function claimLoad(connection: Connection, namespace: string): Promise<boolean> {
  const { rows } = await connection.query<{ mine: boolean }>(
    "SELECT pg_try_advisory_lock(hashtext('load'), hashtext($1)) AS mine",
    [namespace],
  );
  return rows[0]!.mine;
}

/** No CASCADE: a table of another schema that refers to ours is an error and not a loss. */
async function dropContents(connection: Connection): Promise<void> {
  const { rows: schemas } = await connection.query<{ schema: string | null }>('SELECT current_schema() AS schema');
  if (!schemas[0]?.schema) return;
  const tables = (await tablesOf(connection)).map(({ quoted }) => quoted);
  await connection.query(`DROP TABLE IF EXISTS ${['_prisma_migrations', ...tables].join(', ')}`);
  const { rows } = await connection.query<{ name: string }>(FUNCTIONS);
  for (const { name } of rows) await connection.query(`DROP ROUTINE ${name}`);
}

/** Each text is read by its column’s own type, which is exact for all of them. */
async function insertInto(connection: Connection, { name, columns }: DumpedTable): Promise<string> {
  const { rows } = await connection.query<{ name: string; type: string }>(TYPES, [quotedName(name)]);
  const typeOf = new Map(rows.map((row) => [row.name, row.type]));
  const values = columns.map((column, index) => {
    const type = typeOf.get(column);
    if (!type)
      throw new SurfacesError('schema_mismatch', `the dump has a column ${name}.${column}, the schema has not`);
    return `(line->>${index})::${type}`;
  });
  return `INSERT INTO ${quotedName(name)} (${columns.map(quotedName).join(', ')})
    SELECT ${values.join(', ')} FROM json_array_elements($1::json) AS line`;
}
