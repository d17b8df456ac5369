import type { RunSql } from './lane.ts';

/** An item of a worker's own making. */
export type OwnItem = {
  /** Idempotency key: enqueued again under it, nothing happens. */
  readonly key: string;
  readonly lane: string;
  readonly queue: string;
  /** Its place in the order over all lanes: that of the item which caused it, so that a later stop reaches both. */
  readonly position: number;
  readonly body: unknown;
};

/**
 * Like a page of one item without a token. It locks one row of `lane_seq` and then inserts, as a page does for each of its
 * lanes: two that meet wait for one another in the same order.
 */
const ENQUEUE = {
  name: 'lane_enqueue',
  text: `
WITH fresh AS (
  SELECT 1 WHERE NOT EXISTS (SELECT FROM lane_item WHERE key = $1)
), numbered AS (
  INSERT INTO lane_seq AS s (lane_id, last_seq) SELECT $2, 1 FROM fresh
  ON CONFLICT (lane_id) DO UPDATE SET last_seq = s.last_seq + 1
  RETURNING last_seq
)
INSERT INTO lane_item (key, lane_id, seq, position, queue, body) SELECT $1, $2, last_seq, $4, $3, $5 FROM numbered RETURNING 1`,
};

/** Two at once with one key: the second one's number is rolled back with its insert. */
const UNIQUE_VIOLATION = '23505';

/**
 * Puts an item into a lane, behind all that is there. Durable when it returns; the caller wakes the lane.
 * @returns whether it was new.
 */
export async function enqueue(sql: RunSql, { key, lane, queue, position, body }: OwnItem): Promise<boolean> {
  try {
    return (await sql(ENQUEUE, [key, lane, queue, position, JSON.stringify(body)])).length > 0;
  } catch (error) {
    if ((error as { code?: string }).code === UNIQUE_VIOLATION) return false;
    throw error;
  }
}
