import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import { databaseTrouble } from './database-trouble.ts';
import type { Connection } from './postgres.ts';

/** Who has been applied stays: the tables are emptied, not made anew. */
const MIGRATIONS = '_prisma_migrations';

const TABLES = `SELECT relname AS name FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> $1
  ORDER BY relname`;
const LOCK_MS = 5_000;

/** Rows of each table of our schema that has some, without the record of migrations. */
export async function countRows(connection: Connection): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of await tablesOf(connection)) {
    const { rows } = await connection.query<{ count: number }>(`SELECT count(*) AS count FROM ${table.quoted}`);
    if (rows[0]!.count > 0) counts[table.name] = rows[0]!.count;
  }
  return counts;
}

/**
 * Empties every table of our schema but the record of migrations: all of them or none. No CASCADE, so that a table of another
 * schema that refers to ours is an error and not a loss.
 * @param keep tables that stay as they are.
 * @throws SurfacesError `database_unavailable` also where somebody holds a table for longer than five seconds.
 */
export async function emptySchema(connection: Connection, keep: readonly string[] = []): Promise<void> {
  try {
    await connection.query('BEGIN');
    await connection.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
    const tables = (await tablesOf(connection)).filter(({ name }) => !keep.includes(name));
    if (tables.length > 0) await connection.query(`TRUNCATE ${tables.map(({ quoted }) => quoted).join(', ')}`);
    await connection.query('COMMIT');
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => {});
    const held = (error as { code?: string }).code === '55P03';
    if (held || databaseTrouble(error))
      throw new SurfacesError('database_unavailable', `the tables could not be emptied: ${describe(error)}`, {
        cause: error,
      });
    throw error;
  }
}

/** The tables of our schema but the record of migrations. `search_path` names a schema that need not exist. */
export async function tablesOf(connection: Connection): Promise<{ name: string; quoted: string }[]> {
  const { rows: schemas } = await connection.query<{ schema: string | null }>('SELECT current_schema() AS schema');
  if (!schemas[0]?.schema) return [];
  const { rows } = await connection.query<{ name: string }>(TABLES, [MIGRATIONS]);
  return rows.map(({ name }) => ({ name, quoted: `"${name.replaceAll('"', '""')}"` }));
}
