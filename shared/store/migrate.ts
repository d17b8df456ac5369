import { randomUUID } from 'node:crypto';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { CALLED_AS } from '../runtime/called-as.ts';
import { backoff, sleep } from '../time/time.ts';
import { markOf, statementsOf } from './migration-mark.ts';
import { type AppliedMigration, compareMigrations, type Migration, readMigrations } from './migrations.ts';
import { type Connection, connectOnce, type Database } from './postgres.ts';

/** The number under which Prisma's own `migrate` takes its lock: the two exclude each other. */
export const MIGRATION_LOCK = 72_707_369;
const ASK_AGAIN_MS = 100;

/** Prisma's own table, so that its tools read what was done here, and a column of ours, which they leave alone. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);
  ALTER TABLE _prisma_migrations ADD COLUMN IF NOT EXISTS expands BOOLEAN NOT NULL DEFAULT false`;
/** `expands` through the row as JSON: a database that no newer code has migrated yet has no such column. */
const APPLIED = `SELECT migration_name AS name, checksum, finished_at AS "finishedAt", rolled_back_at AS "rolledBackAt", logs,
    coalesce((to_jsonb(m) ->> 'expands')::boolean, false) AS expands
  FROM _prisma_migrations m ORDER BY started_at, migration_name`;

const DONE = `INSERT INTO _prisma_migrations (id, checksum, migration_name, expands, finished_at, applied_steps_count)
  VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`;
/** Rolled back whole, so that the next run tries it again; the row is for the operator. */
const FAILED = `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, rolled_back_at)
  VALUES ($1, $2, $3, $4, clock_timestamp())`;
/** Applied by another tool, which does not know of marks. */
const MARK = `UPDATE _prisma_migrations SET expands = true
  WHERE NOT expands AND finished_at IS NOT NULL AND migration_name = ANY($1::text[])`;

/** A lock that somebody holds for long is waited for in turns, so that who comes behind us is not held up meanwhile. */
const LOCK_NOT_AVAILABLE = '55P03';
const TRIES = 10;

/**
 * Brings the schema `namespace` to this code's version; makes the schema where there is none. Safe to run twice, and at
 * once from several processes: they take turns. Each migration is applied whole or not at all, but for those that say
 * that they go statement by statement: these are begun again from their start. `log` gets a line for each step.
 * @throws SurfacesError `migration_edited` where an applied migration's file was changed; `schema_mismatch` where the
 * database has migrations that this code does not know and that do not expand, or one that failed; `database_unavailable`.
 */
export async function migrate(
  databaseUrl: string,
  namespace: string,
  log: (line: string) => void = () => {},
  migrations: readonly Migration[] = readMigrations(),
): Promise<{ applied: string[] }> {
  const connection = await connectOnce(databaseUrl, namespace, 'surfaces migrate');
  try {
    // A migration of much data may take longer than any other statement.
    await connection.query('SET statement_timeout = 0');
    await takeTurn(connection, log);
    await prepareSchema(connection, namespace);
    const { rows } = await connection.query<AppliedMigration>(APPLIED);
    const pending = compareMigrations(migrations, rows);
    const expanding = migrations.filter(({ sql }) => markOf(sql).kind === 'expands').map(({ name }) => name);
    await connection.query(MARK, [expanding]);
    for (const [index, migration] of pending.entries()) {
      log(`applying ${migration.name} (${index + 1} of ${pending.length})`);
      const began = performance.now();
      await apply(connection, migration, rows.length === 0, log);
      log(`applied ${migration.name} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
    return { applied: pending.map((migration) => migration.name) };
  } finally {
    await connection.end();
  }
}

/** Asked for again and again: a statement that waits for it would be one that building an index concurrently waits for. */
async function takeTurn(connection: Connection, log: (line: string) => void): Promise<void> {
  for (let asked = 0; ; asked += 1) {
    const { rows } = await connection.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
      MIGRATION_LOCK,
    ]);
    if (rows[0]?.mine) return;
    if (asked === 1) log('another process migrates this database; waiting for it');
    await sleep(ASK_AGAIN_MS);
  }
}

/** The schema and the table of what was applied in it, where they are missing. */
export async function prepareSchema(connection: Connection, namespace: string): Promise<void> {
  if (!(await schemaExists(connection, namespace))) await connection.query(`CREATE SCHEMA "${namespace}"`);
  await connection.query(TABLE);
}

/** The script of a migration and the note that it was done, within the caller’s transaction: also a piecewise one. */
export async function applyWithin(connection: Connection, { name, sql, checksum }: Migration): Promise<void> {
  const { kind, piecewise } = markOf(sql);
  await connection.query(piecewise ? sql.replaceAll(/\bCONCURRENTLY\b/g, '') : sql);
  await connection.query(DONE, [randomUUID(), checksum, name, kind === 'expands']);
}

/** Asked first, because CREATE SCHEMA IF NOT EXISTS needs the right to create one even where it exists. */
async function schemaExists(connection: Connection, namespace: string): Promise<boolean> {
  const { rowCount } = await connection.query('SELECT FROM pg_namespace WHERE nspname = $1', [namespace]);
  return rowCount !== 0;
}

async function apply(
  connection: Connection,
  migration: Migration,
  isNew: boolean,
  log: (line: string) => void,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await applyOnce(connection, migration, isNew);
    } catch (error) {
      await connection.query('ROLLBACK').catch(() => {});
      const reason = error instanceof Error ? error.message : String(error);
      if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE && attempt + 1 < TRIES) {
        log(`${migration.name}: somebody holds a table that it needs; trying again`);
        await sleep(backoff(attempt, 500, 5_000));
        continue;
      }
      await connection.query(FAILED, [randomUUID(), migration.checksum, migration.name, reason]).catch(() => {});
      const left = markOf(migration.sql).piecewise
        ? 'failed and is begun again by the next run'
        : 'failed and was rolled back';
      throw new SurfacesError('schema_mismatch', `the migration ${migration.name} ${left}: ${reason}`, {
        cause: error,
      });
    }
  }
}

/** Nobody works on a schema that is being made: there even a piecewise one is a single transaction. */
async function applyOnce(connection: Connection, migration: Migration, isNew: boolean): Promise<void> {
  const { name, sql, checksum } = migration;
  const { kind, piecewise } = markOf(sql);
  await connection.query('RESET lock_timeout');
  if (piecewise && !isNew) {
    for (const statement of statementsOf(sql)) await connection.query(statement);
    await connection.query(DONE, [randomUUID(), checksum, name, kind === 'expands']);
    return;
  }
  // The script and the note that it was done are one transaction: a process killed here has done nothing, or all.
  await connection.query('BEGIN');
  await applyWithin(connection, migration);
  await connection.query('COMMIT');
}

const HAS_TABLE = { name: 'schema_has_table', text: "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there" };
const LIST = { name: 'schema_migrations', text: APPLIED };

/** What `migrate` would apply, in order. Changes nothing. @throws as `migrate` does, without applying anything. */
export async function pendingMigrations(
  database: Database,
  migrations: readonly Migration[] = readMigrations(),
): Promise<{ readonly pending: readonly Migration[]; readonly at: string }> {
  const [table] = await database.run<{ there: boolean }>(HAS_TABLE);
  const rows = table?.there ? await database.run<AppliedMigration>(LIST) : [];
  const at = rows.findLast((row) => row.finishedAt && !row.rolledBackAt)?.name ?? 'nothing';
  return { pending: compareMigrations(migrations, rows), at };
}

/**
 * For a role at its start: refuses to work on a database that is older than this code, or newer by more than migrations
 * that expand, naming both versions. A role that runs is not asked again.
 * @throws SurfacesError `schema_mismatch`, `migration_edited`, `database_unavailable`.
 */
export async function assertSchema(
  database: Database,
  migrations: readonly Migration[] = readMigrations(),
): Promise<void> {
  const { pending, at } = await pendingMigrations(database, migrations);
  if (pending.length === 0) return;
  throw new SurfacesError(
    'schema_mismatch',
    `the database is older than this code: it is at ${at}, the code at ${migrations.at(-1)?.name}; run \`${CALLED_AS} migrate\``,
  );
}
