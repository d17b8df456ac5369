import type { RunSql, Statement } from './lane.ts';

/** Rows that one statement deletes at most: short locks, and a page of intake never waits for long. */
const BATCH = 2_000;

/** `received_at` grows with the table, so its BRIN index finds the old end; the first 30 days cost next to nothing. */
const FORGET: Record<string, Statement> = {
  lane_item: {
    name: 'lane_forget_items',
    text: `DELETE FROM lane_item WHERE key IN (
      SELECT i.key FROM lane_item i JOIN lane l ON l.lane_id = i.lane_id
       WHERE i.received_at < now() - $1 * interval '1 day' AND i.seq < l.done_seq
         AND NOT EXISTS (SELECT FROM lane_send s WHERE s.lane_id = i.lane_id AND s.seq = i.seq AND s.sent_at IS NULL)
       LIMIT $2) RETURNING 1`,
  },
  lane_send: {
    name: 'lane_forget_sends',
    text: `DELETE FROM lane_send WHERE op IN (
      SELECT op FROM lane_send WHERE sent_at IS NOT NULL AND created_at < now() - $1 * interval '1 day' LIMIT $2) RETURNING 1`,
  },
  lane_amendment: {
    name: 'lane_forget_amendments',
    text: `DELETE FROM lane_amendment WHERE key IN (
      SELECT a.key FROM lane_amendment a WHERE a.received_at < now() - $1 * interval '1 day'
         AND NOT EXISTS (SELECT FROM lane_item i WHERE i.key = a.target) LIMIT $2) RETURNING 1`,
  },
  lane_reject: {
    name: 'lane_forget_rejects',
    text: `DELETE FROM lane_reject WHERE key IN (
      SELECT key FROM lane_reject WHERE received_at < now() - $1 * interval '1 day' LIMIT $2) RETURNING 1`,
  },
};

/**
 * Deletes what is older than `days` and done with, in batches. The last item of each lane stays: it tells the sweeper
 * the lane's queue.
 * @returns rows deleted, by table.
 */
export async function forget(sql: RunSql, days: number): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  for (const [table, statement] of Object.entries(FORGET)) {
    let rows = 0;
    let batch: number;
    do {
      batch = (await sql(statement, [days, BATCH])).length;
      rows += batch;
    } while (batch === BATCH);
    deleted[table] = rows;
  }
  return deleted;
}
