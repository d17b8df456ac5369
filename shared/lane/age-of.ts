import type { LaneItem, RunSql } from './lane.ts';

const AGE = {
  name: 'lane_age_of',
  text: `SELECT (extract(epoch FROM clock_timestamp() - received_at) * 1000)::float8 AS "ageMs" FROM lane_item
    WHERE lane_id = $1 AND seq = $2`,
};

/**
 * How long ago an item was taken in, in milliseconds, by the database's clock alone: who took it in and who works on it may be on
 * machines of which one goes wrong.
 */
export async function ageOf(sql: RunSql, { lane, seq }: Pick<LaneItem, 'lane' | 'seq'>): Promise<number> {
  const [row] = await sql<{ ageMs: number }>(AGE, [lane, seq]);
  return row?.ageMs ?? 0;
}
