import type { RunSql } from './lane.ts';

/**
 * A flag on the lane's row, which only taking the lane clears: a nudge that comes while the head is still on its way into
 * waiting is seen by its release, one that comes later ends the wait.
 */
const NUDGE = {
  name: 'lane_nudge',
  text: `UPDATE lane l SET nudged = true, wait_until = CASE WHEN l.wait_until IS NULL THEN NULL ELSE clock_timestamp() END
    WHERE l.lane_id = $1
    RETURNING (SELECT CASE WHEN l.handed_seq = i.seq THEN l.handed_queue ELSE i.queue END
                 FROM lane_item i WHERE i.lane_id = l.lane_id AND i.seq = l.done_seq + 1) AS queue`,
};

/**
 * What the head of a lane waits for has happened: it is run again now. Durable when it returns; the caller wakes the lane
 * on the queue that is returned (null: it has no head), and if that wake is lost, the sweep finds the lane.
 */
export async function nudge(sql: RunSql, lane: string): Promise<string | null> {
  const [row] = await sql<{ queue: string | null }>(NUDGE, [lane]);
  return row?.queue ?? null;
}
