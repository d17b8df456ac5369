import { randomUUID } from 'node:crypto';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { type AppliedMigration, compareMigrations, type Migration, readMigrations } from './migrations.ts';
import { type Connection, connectOnce, type Database } from './postgres.ts';

/** The number under which Prisma's own `migrate` takes its lock: the two exclude each other. */
const LOCK = 72_707_369;

/** Prisma's own table, so that its tools read what was done here. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;
const APPLIED =
  'SELECT migration_name AS name, checksum, finished_at AS "finishedAt", rolled_back_at AS "rolledBackAt", logs FROM _prisma_migrations ORDER BY started_at, migration_name';

const DONE = `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
  VALUES ($1, $2, $3, clock_timestamp(), 1)`;
/** Rolled back whole, so that the next run tries it again; the row is for the operator. */
const FAILED = `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, rolled_back_at)
  VALUES ($1, $2, $3, $4, clock_timestamp())`;

/**
 * Brings the schema `namespace` to this code's version; makes the schema where there is none. Safe to run twice, and at
 * once from several processes: they take turns. Each migration is applied whole or not at all.
 * @throws SurfacesError `migration_edited` where an applied migration's file was changed; `schema_mismatch` where the
 * database has migrations that this code does not know, or one that failed; `database_unavailable`.
 */
export async function migrate(
  databaseUrl: string,
  namespace: string,
  log: (line: string) => void = () => {},
  migrations: readonly Migration[] = readMigrations(),
): Promise<{ applied: string[] }> {
  const connection = await connectOnce(databaseUrl, namespace, 'surfaces migrate');
  try {
    // Waiting for another process, and a migration of much data, may take longer than any other statement.
    await connection.query('SET statement_timeout = 0');
    await connection.query('SELECT pg_advisory_lock($1)', [LOCK]);
    if (!(await schemaExists(connection, namespace))) await connection.query(`CREATE SCHEMA "${namespace}"`);
    await connection.query(TABLE);
    const { rows } = await connection.query<AppliedMigration>(APPLIED);
    const pending = compareMigrations(migrations, rows);
    for (const migration of pending) await apply(connection, migration, log);
    return { applied: pending.map((migration) => migration.name) };
  } finally {
    await connection.end();
  }
}

/** Asked first, because CREATE SCHEMA IF NOT EXISTS needs the right to create one even where it exists. */
async function schemaExists(connection: Connection, namespace: string): Promise<boolean> {
  const { rowCount } = await connection.query('SELECT FROM pg_namespace WHERE nspname = $1', [namespace]);
  return rowCount !== 0;
}

async function apply(connection: Connection, migration: Migration, log: (line: string) => void): Promise<void> {
  log(`applying ${migration.name}`);
  try {
    // The script and the note that it was done are one transaction: a process killed here has done nothing, or all.
    await connection.query('BEGIN');
    await connection.query(migration.sql);
    await connection.query(DONE, [randomUUID(), migration.checksum, migration.name]);
    await connection.query('COMMIT');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await connection.query('ROLLBACK').catch(() => {});
    await connection.query(FAILED, [randomUUID(), migration.checksum, migration.name, reason]).catch(() => {});
    throw new SurfacesError(
      'schema_mismatch',
      `the migration ${migration.name} failed and was rolled back: ${reason}`,
      {
        cause: error,
      },
    );
  }
}

const HAS_TABLE = { name: 'schema_has_table', text: "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there" };
const LIST = { name: 'schema_migrations', text: APPLIED };

/**
 * For a role at its start: refuses to work on a database that is older or newer than this code, naming both versions.
 * @throws SurfacesError `schema_mismatch`, `migration_edited`, `database_unavailable`.
 */
export async function assertSchema(
  database: Database,
  migrations: readonly Migration[] = readMigrations(),
): Promise<void> {
  const [table] = await database.run<{ there: boolean }>(HAS_TABLE);
  const rows = table?.there ? await database.run<AppliedMigration>(LIST) : [];
  const pending = compareMigrations(migrations, rows);
  if (pending.length === 0) return;
  const has = rows.findLast((row) => row.finishedAt && !row.rolledBackAt)?.name ?? 'nothing';
  throw new SurfacesError(
    'schema_mismatch',
    `the database is older than this code: it is at ${has}, the code at ${migrations.at(-1)?.name}; run \`npm run surfaces -- migrate\``,
  );
}
