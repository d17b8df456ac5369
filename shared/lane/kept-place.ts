import type { RunSql } from './lane.ts';

/**
 * Not one that the lane has gone on behind already. That happens only to one whose item is done, which then has nothing
 * to put there any more.
 */
const FILL = {
  name: 'lane_fill_place',
  text: `UPDATE lane_item i SET body = $2, kept_for = NULL WHERE key = $1 AND kept_for IS NOT NULL
     AND NOT EXISTS (SELECT FROM lane l WHERE l.lane_id = i.lane_id AND l.done_seq >= i.seq) RETURNING 1`,
};

/**
 * Puts an item into the place that was kept for it: it is run there, in the order in which the place was taken. Only the
 * item that the place is kept for may do so, before it is done. Durable when it returns; the caller wakes the lane.
 * @returns false where there is no such place, or something is in it already.
 */
export async function fillPlace(sql: RunSql, key: string, body: unknown): Promise<boolean> {
  return (await sql(FILL, [key, JSON.stringify(body)])).length > 0;
}
