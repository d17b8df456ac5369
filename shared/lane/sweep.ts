import type { LaneWake, RunSql } from './lane.ts';

/** Most lanes that one call returns; the rest is found by the next one. */
export const SWEEP_LIMIT = 1_000;

/**
 * Lanes whose holder is dead and lanes whose wait is over. Both are few at any time and found by a partial index. The
 * grace for waits is for the worker that put the item back: it wakes the lane itself if it lives.
 */
const EXPIRED = {
  name: 'lane_sweep_expired',
  text: `
SELECT l.lane_id AS lane, coalesce(CASE WHEN l.handed_seq = head.seq THEN l.handed_queue END, head.queue, last.queue) AS queue
  FROM lane l
  LEFT JOIN lane_item head ON head.lane_id = l.lane_id AND head.seq = l.done_seq + 1
  LEFT JOIN lane_item last ON last.lane_id = l.lane_id AND last.seq = l.done_seq
 WHERE (l.holder IS NOT NULL OR l.wait_until IS NOT NULL)
   AND CASE WHEN l.holder IS NOT NULL THEN l.lease_until < clock_timestamp()
            ELSE l.wait_until < clock_timestamp() - interval '1 second' END
   AND coalesce(head.queue, last.queue) IS NOT NULL
 ORDER BY l.lease_until NULLS LAST LIMIT $1`,
};

/**
 * Everything that has work and no live lease, and what waits and was withdrawn meanwhile: reads the counters of all lanes, some
 * 10 ms for 10,000. The item at a lane's head is looked up, LIMIT 1: as a plain join, lane_item was read from end to end to be
 * merged with the counters, which at a million messages takes seconds.
 */
const PENDING = {
  name: 'lane_sweep_pending',
  text: `
SELECT lane, queue FROM (
  SELECT i.lane_id AS lane, CASE WHEN l.handed_seq = i.seq THEN l.handed_queue ELSE i.queue END AS queue, i.received_at AS since
    FROM lane_seq s LEFT JOIN lane l ON l.lane_id = s.lane_id
    CROSS JOIN LATERAL (SELECT * FROM lane_item WHERE lane_id = s.lane_id AND seq = coalesce(l.done_seq, 0) + 1 LIMIT 1) i
   WHERE s.last_seq > coalesce(l.done_seq, 0)
     AND (l.holder IS NULL OR l.lease_until < clock_timestamp())
     AND (l.wait_until IS NULL OR l.wait_until < clock_timestamp()
       OR EXISTS (SELECT FROM lane_amendment a WHERE a.target = i.key AND a.kind = 'withdraw'))
     AND i.received_at < clock_timestamp() - $2 * interval '1 millisecond'
  UNION ALL
  SELECT DISTINCT ON (u.lane_id) u.lane_id, i.queue, u.created_at
    FROM lane_send u JOIN lane l ON l.lane_id = u.lane_id JOIN lane_item i ON i.lane_id = u.lane_id AND i.seq = u.seq
   WHERE u.sent_at IS NULL AND (l.holder IS NULL OR l.lease_until < clock_timestamp())
     AND NOT EXISTS (SELECT FROM lane_item n WHERE n.lane_id = u.lane_id AND n.seq = l.done_seq + 1)
) due ORDER BY since LIMIT $1`,
};

const BACKLOG = {
  name: 'lane_backlog',
  text: `
SELECT count(*)::int AS lanes, coalesce(sum(todo), 0)::int AS items,
  count(*) FILTER (WHERE held)::int AS held, count(*) FILTER (WHERE parked)::int AS parked,
  coalesce(max(age), 0)::float8 AS "oldestSeconds",
  coalesce(max(age) FILTER (WHERE NOT held AND NOT parked), 0)::float8 AS "oldestIdleSeconds",
  (SELECT count(*)::int FROM lane_send WHERE sent_at IS NULL) AS unsent,
  (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - created_at)), 0)::float8
     FROM lane_send WHERE sent_at IS NULL) AS "oldestUnsentSeconds"
  FROM (
    SELECT s.last_seq - coalesce(l.done_seq, 0) AS todo, extract(epoch FROM clock_timestamp() - i.received_at) AS age,
      l.holder IS NOT NULL AND l.lease_until > clock_timestamp() AS held,
      l.holder IS NULL AND coalesce(l.wait_until > clock_timestamp(), false) AS parked
      FROM lane_seq s LEFT JOIN lane l ON l.lane_id = s.lane_id
      LEFT JOIN LATERAL (SELECT * FROM lane_item WHERE lane_id = s.lane_id AND seq = coalesce(l.done_seq, 0) + 1 LIMIT 1) i ON true
     WHERE s.last_seq > coalesce(l.done_seq, 0)
  ) backlog`,
};

export type Backlog = {
  readonly lanes: number;
  readonly items: number;
  /** Of the lanes, those that a living worker holds, and those that wait for something: an answer, a time. */
  readonly held: number;
  readonly parked: number;
  /** Age of the oldest item that is next in its lane; `Idle`: where nobody holds the lane and it waits for nothing. */
  readonly oldestSeconds: number;
  readonly oldestIdleSeconds: number;
  readonly unsent: number;
  readonly oldestUnsentSeconds: number;
};

/** Lanes of dead holders, and lanes that have waited long enough. Cheap enough for every second. */
export function sweepExpired(sql: RunSql): Promise<LaneWake[]> {
  return sql<LaneWake>(EXPIRED, [SWEEP_LIMIT]);
}

/**
 * Lanes with work that nobody holds: oldest first. `graceMs` leaves out what has only just come in, whose wake is on
 * its way. It alone would carry everything if no wake ever arrived.
 */
export function sweepPending(sql: RunSql, graceMs: number): Promise<LaneWake[]> {
  return sql<LaneWake>(PENDING, [SWEEP_LIMIT, graceMs]);
}

/** How much waits, and for how long the oldest has. */
export async function backlog(sql: RunSql): Promise<Backlog> {
  const [row] = await sql<Backlog>(BACKLOG);
  return row!;
}
