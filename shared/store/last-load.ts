import type { Connection, Database } from './postgres.ts';

/** When a backup was last put in the place of our schema, by the database’s clock; and which of the tries it was. */
export type LoadMark = { readonly id: string; readonly atMs: number };

/** A comment on a table is committed with the transaction that writes it, needs no table of its own, and is in no backup. */
const MARK = {
  name: 'schema_last_load',
  text: "SELECT obj_description(to_regclass('_prisma_migrations'), 'pg_class') AS mark",
};

/** Says so within the caller’s transaction. @param id letters, digits and `-`. */
export async function markLoad(connection: Connection, id: string): Promise<void> {
  const { rows } = await connection.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  await connection.query(`COMMENT ON TABLE _prisma_migrations IS 'restored ${id} at ${rows[0]!.at.toISOString()}'`);
}

/** Undefined where nothing was ever loaded, or there is no schema. */
export async function lastLoad(from: Connection | Database): Promise<LoadMark | undefined> {
  const rows = 'run' in from ? await from.run<Row>(MARK) : (await from.query<Row>(MARK.text)).rows;
  const [, id, at] = /^restored ([\w-]+) at (\S+)$/.exec(rows[0]?.mark ?? '') ?? [];
  return id && at ? { id, atMs: Date.parse(at) } : undefined;
}

type Row = { mark: string | null };
