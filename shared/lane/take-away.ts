import type { RunSql } from './lane.ts';

/**
 * As though the lease had run out: what is nobody's, its holder can neither renew nor commit, and who takes it next has a higher
 * epoch. Only under the epoch that was looked at: who took the lane since is not meant.
 */
const TAKE_AWAY = {
  name: 'lane_take_away',
  text: `
UPDATE lane l SET holder = NULL, lease_until = NULL
 WHERE l.lane_id = $1 AND l.epoch = $2 AND l.holder IS NOT NULL
 RETURNING coalesce(
   (SELECT CASE WHEN l.handed_seq = i.seq THEN l.handed_queue ELSE i.queue END
      FROM lane_item i WHERE i.lane_id = l.lane_id AND i.seq = l.done_seq + 1),
   (SELECT i.queue FROM lane_send s JOIN lane_item i ON i.lane_id = s.lane_id AND i.seq = s.seq
     WHERE s.lane_id = l.lane_id AND s.sent_at IS NULL LIMIT 1)) AS queue`,
};

/**
 * Takes a lane from its holder, whatever that one is doing. Durable when it returns; the caller pokes the old holder and wakes
 * the lane. @returns whose workers have its next work (null: there is none); null where that holder has it no more.
 */
export async function takeAway(sql: RunSql, lane: string, epoch: number): Promise<{ queue: string | null } | null> {
  return (await sql<{ queue: string | null }>(TAKE_AWAY, [lane, epoch]))[0] ?? null;
}
