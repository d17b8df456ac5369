import { tablesOf } from './empty-schema.ts';
import type { AppliedMigration } from './migrations.ts';
import type { Connection } from './postgres.ts';

/** A table of a dump. `columns` in the order in which its rows have them. */
export type DumpedTable = { readonly name: string; readonly columns: readonly string[] };

/** A source of numbers, and the last one it gave: a sequence may be ahead of what the snapshot sees, never behind it. */
export type DumpedSequence = { readonly name: string; readonly last: string };

/** What a dump says of itself before its rows. */
export type DumpStart = {
  /** Of the database’s clock, when its one snapshot was taken. */
  readonly at: Date;
  /** What the schema had become by then, oldest first. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[];
  readonly tables: readonly DumpedTable[];
  readonly sequences: readonly DumpedSequence[];
  /** Accounts that something was taken in for, by the sources of their sync tokens. */
  readonly accounts: readonly string[];
};

/** Rows of one table, one to a line, each a JSON array of its columns in Postgres’ own text form, or null. */
export type DumpedRows = { readonly table: string; readonly rows: number; readonly text: string };

/** Rows that are in memory at once. A body is an event’s at most, 64 KiB. */
const ROWS = 250;

/** As pg_dump: the order of the disk, from the beginning; and texts that do not depend on the session’s settings. */
const SETTINGS = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = '10min';
  SET LOCAL enable_seqscan = on; SET LOCAL synchronize_seqscans = off;
  SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1`;
const MIGRATIONS = `SELECT migration_name AS name, checksum, finished_at AS "finishedAt" FROM _prisma_migrations
  WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`;
const COLUMNS = `SELECT attname AS name FROM pg_attribute
  WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
const SEQUENCES = `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences
  WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1`;
const SOURCES = "SELECT source FROM lane_cursor WHERE source LIKE 'matrix/%' ORDER BY source";

/**
 * Begins a dump of our schema: a read-only transaction, of which every table is seen as at one moment. It blocks nobody but
 * who would change a table itself. `endDump` ends it.
 * @returns undefined where the schema is not there, or nothing was ever applied in it.
 */
export async function beginDump(connection: Connection): Promise<DumpStart | undefined> {
  await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await connection.query(SETTINGS);
  const {
    rows: [now],
  } = await connection.query<{ at: Date; there: boolean }>(
    "SELECT clock_timestamp() AS at, to_regclass('_prisma_migrations') IS NOT NULL AS there",
  );
  if (!now?.there) return undefined;
  const { rows: applied } = await connection.query<AppliedMigration>(MIGRATIONS);
  const migrations = applied.filter((row) => row.finishedAt).map(({ name, checksum }) => ({ name, checksum }));
  if (migrations.length === 0) return undefined;
  const tables: DumpedTable[] = [];
  for (const { name, quoted } of await tablesOf(connection)) {
    const { rows } = await connection.query<{ name: string }>(COLUMNS, [quoted]);
    tables.push({ name, columns: rows.map((row) => row.name) });
  }
  const { rows: sequences } = await connection.query<DumpedSequence>(SEQUENCES);
  const { rows: sources } = await connection.query<{ source: string }>(SOURCES);
  const accounts = sources.map(({ source }) => source.slice('matrix/'.length));
  return { at: now.at, migrations, tables, sequences, accounts };
}

/** The rows of all tables, table by table. Bytes for bytes the same for a schema that was loaded from them. */
export async function* dumpRows(
  connection: Connection,
  tables: readonly DumpedTable[],
): AsyncGenerator<DumpedRows, void, void> {
  for (const { name, columns } of tables) {
    const texts = columns.map((column) => `${quotedName(column)}::text`).join(', ');
    await connection.query(
      `DECLARE dump NO SCROLL CURSOR FOR SELECT json_build_array(${texts})::text AS line FROM ${quotedName(name)}`,
    );
    for (;;) {
      const { rows } = await connection.query<{ line: string }>(`FETCH ${ROWS} FROM dump`);
      if (rows.length > 0) yield { table: name, rows: rows.length, text: rows.map(({ line }) => `${line}\n`).join('') };
      if (rows.length < ROWS) break;
    }
    await connection.query('CLOSE dump');
  }
}

export async function endDump(connection: Connection): Promise<void> {
  await connection.query('COMMIT');
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
