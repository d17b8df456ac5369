import type { RunSql } from './lane.ts';

/** A lane that waits for nothing and that nobody holds, whose head is the oldest. */
export type OldestWaiting = { readonly lane: string; readonly key: string; readonly receivedAt: Date };

/** The same lanes as `oldestIdleSeconds` of the backlog. */
const OLDEST = {
  name: 'lane_oldest_waiting',
  text: `
SELECT i.lane_id AS lane, i.key, i.received_at AS "receivedAt"
  FROM lane_seq s LEFT JOIN lane l ON l.lane_id = s.lane_id
  CROSS JOIN LATERAL (SELECT * FROM lane_item WHERE lane_id = s.lane_id AND seq = coalesce(l.done_seq, 0) + 1 LIMIT 1) i
 WHERE s.last_seq > coalesce(l.done_seq, 0) AND (l.holder IS NULL OR l.lease_until < clock_timestamp())
   AND (l.wait_until IS NULL OR l.wait_until < clock_timestamp())
 ORDER BY i.received_at LIMIT 1`,
};

/** Null where nobody waits. Reads the counters of all lanes, some 10 ms for 10,000: worth it where something waits. */
export async function oldestWaiting(sql: RunSql): Promise<OldestWaiting | null> {
  return (await sql<OldestWaiting>(OLDEST))[0] ?? null;
}
