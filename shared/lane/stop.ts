import type { RunSql, Wake } from './lane.ts';
import { nudge } from './nudge.ts';

export type Stop = {
  readonly lane: string;
  /** Items at or after this position are not meant: they came later than the stop. */
  readonly before: number;
  /** `running`: the item that has been started. `all`: also what waits behind it. */
  readonly what: 'running' | 'all';
  /** Who asks: the same key asked again (after a crash) gets the same answer. */
  readonly key: string;
};

export type Stopped = {
  /** An item had been started and is told to end. */
  readonly running: boolean;
  /** Items that had not been started and will be run as `stopped`. */
  readonly dropped: number;
};

/**
 * One row of its own, written by those who stop and read by those who hold: it meets no lock of a heartbeat or commit.
 * An item counts as running from its first start to its commit, also while its worker is dead or it waits for a retry.
 */
const STOP = {
  name: 'lane_stop',
  text: `
WITH head AS (
  SELECT coalesce((SELECT done_seq FROM lane WHERE lane_id = $1), 0) AS done,
         coalesce((SELECT started_seq FROM lane WHERE lane_id = $1), 0) AS started,
         coalesce((SELECT through_seq FROM lane_stop WHERE lane_id = $1), 0) AS through
), meant AS (
  SELECT i.seq, i.seq = head.done + 1 AND i.seq = head.started AS running
    FROM head, lane_item i WHERE i.lane_id = $1 AND i.seq > greatest(head.done, head.through) AND i.position < $2
     AND i.kept_for IS NULL
), counted AS (
  SELECT coalesce(max(seq) FILTER (WHERE running OR $3 = 'all'), 0) AS through, coalesce(bool_or(running), false) AS running,
         (count(*) FILTER (WHERE NOT running AND $3 = 'all'))::int AS dropped FROM meant
)
INSERT INTO lane_stop AS s (lane_id, through_seq, asked_by, running, dropped)
SELECT $1, through, $4, running, dropped FROM counted
ON CONFLICT (lane_id) DO UPDATE SET
  through_seq = greatest(s.through_seq, excluded.through_seq),
  running = CASE WHEN s.asked_by = excluded.asked_by THEN s.running ELSE excluded.running END,
  dropped = CASE WHEN s.asked_by = excluded.asked_by THEN s.dropped ELSE excluded.dropped END,
  asked_by = excluded.asked_by
RETURNING running, dropped`,
};

/**
 * Stops what runs in a lane, or all that is in it, up to a position; a head that is parked is nudged. Durable when it
 * returns: `publish` and `wake` only make it quick, the holder's next heartbeat or the sweep sees it anyway.
 */
export async function stopLane(
  sql: RunSql,
  stop: Stop,
  { publish, wake }: { readonly publish?: (lane: string) => Promise<void>; readonly wake?: Wake } = {},
): Promise<Stopped> {
  const [row] = await sql<Stopped>(STOP, [stop.lane, stop.before, stop.what, stop.key]);
  const { running, dropped } = row!;
  const queue = running ? await nudge(sql, stop.lane) : null;
  await Promise.all([publish?.(stop.lane), queue && wake?.(stop.lane, queue)]);
  return { running, dropped };
}

const WHO = {
  name: 'lane_stop_who',
  text: 'SELECT asked_by AS key FROM lane_stop WHERE lane_id = $1 AND through_seq >= $2',
};

/** The key of the last stop that reached an item; null where none did. */
export async function stopOf(sql: RunSql, { lane, seq }: { lane: string; seq: number }): Promise<string | null> {
  return (await sql<{ key: string }>(WHO, [lane, seq]))[0]?.key ?? null;
}
