import type { RunSql } from './lane.ts';

const AGE = {
  name: 'lane_cursor_age',
  text: `SELECT token, (extract(epoch FROM clock_timestamp() - updated_at) * 1000)::float8 AS "idleMs"
    FROM lane_cursor WHERE source = $1`,
};
const TOUCH = {
  name: 'lane_cursor_touch',
  text: 'UPDATE lane_cursor SET updated_at = clock_timestamp() WHERE source = $1 AND token = $2',
};

export type CursorAge = {
  readonly token: string;
  /** How long ago it was moved or touched, in milliseconds, by the database's clock. */
  readonly idleMs: number;
};

/** Where a source has got to, and when it was last heard of; null where nothing was ever taken from it. */
export async function cursorAge(sql: RunSql, source: string): Promise<CursorAge | null> {
  return (await sql<CursorAge>(AGE, [source]))[0] ?? null;
}

/** Says that the source has been read and had nothing new. Changes nothing where somebody else has moved the token. */
export async function touchCursor(sql: RunSql, source: string, token: string): Promise<void> {
  await sql(TOUCH, [source, token]);
}
