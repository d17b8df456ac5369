import type { RunSql } from './lane.ts';

/** A lane as an operator looks at it. Of its items only what they are, never what is in them. */
export type LaneLook = {
  readonly lane: string;
  readonly doneSeq: number;
  readonly lastSeq: number;
  readonly epoch: number;
  /** Who has it, or had it when it was last heard of. */
  readonly holder: string | null;
  readonly leaseUntil: Date | null;
  readonly waitUntil: Date | null;
  /** How often in a row the head was put back. */
  readonly waits: number;
  /** How often in a row a holder was lost while it had the head. */
  readonly losses: number;
  readonly nudged: boolean;
  /** The item that is next, or runs. */
  readonly head: {
    readonly key: string;
    /** What its body calls itself. */
    readonly kind: string | null;
    readonly queue: string;
    readonly handedTo: string | null;
    /** It is an empty place, kept for the item of this key; see kept-place.ts. */
    readonly keptFor: string | null;
    readonly receivedAt: Date;
    /** It has begun. */
    readonly started: boolean;
    readonly stopped: boolean;
    readonly withdrawn: boolean;
  } | null;
  /** Sends that are recorded and not made, and since when the oldest of them is. */
  readonly unsent: number;
  readonly unsentSince: Date | null;
  /** When the last item that is done said something; null where it said nothing, or long ago. */
  readonly saidAt: Date | null;
  /** The database's clock, by which all these times are. */
  readonly now: Date;
};

const LOOK = {
  name: 'lane_look',
  text: `
SELECT t.lane, coalesce(l.done_seq, 0) AS "doneSeq", coalesce(s.last_seq, 0) AS "lastSeq", coalesce(l.epoch, 0) AS epoch,
  l.holder, l.lease_until AS "leaseUntil", l.wait_until AS "waitUntil", coalesce(l.waits, 0) AS waits, coalesce(l.nudged, false) AS nudged,
  CASE WHEN l.lost_seq = i.seq THEN greatest(l.losses, 0) ELSE 0 END AS losses,
  i.key, i.body->>'type' AS kind, i.queue, CASE WHEN l.handed_seq = i.seq THEN l.handed_queue END AS "handedTo",
  i.kept_for AS "keptFor", i.received_at AS "receivedAt", coalesce(l.started_seq = i.seq, false) AS started, coalesce(p.through_seq >= i.seq, false) AS stopped,
  EXISTS (SELECT FROM lane_amendment a WHERE a.target = i.key AND a.kind = 'withdraw') AS withdrawn,
  u.unsent, u.since AS "unsentSince",
  (SELECT max(created_at) FROM lane_send d WHERE d.lane_id = t.lane AND d.seq = l.done_seq) AS "saidAt", clock_timestamp() AS now
  FROM unnest($1::text[]) WITH ORDINALITY AS t (lane, nth)
  LEFT JOIN lane l ON l.lane_id = t.lane
  LEFT JOIN lane_seq s ON s.lane_id = t.lane
  LEFT JOIN lane_stop p ON p.lane_id = t.lane
  LEFT JOIN lane_item i ON i.lane_id = t.lane AND i.seq = coalesce(l.done_seq, 0) + 1
  CROSS JOIN LATERAL (SELECT count(*) AS unsent, min(created_at) AS since
    FROM lane_send o WHERE o.lane_id = t.lane AND o.sent_at IS NULL) u
 ORDER BY t.nth`,
};

type Head = NonNullable<LaneLook['head']>;
type Row = Omit<LaneLook, 'head'> & { [Key in keyof Head]: Head[Key] | null };

/** Lanes as they are now, in the order in which they are named; one that nothing was ever put into is all zeros. */
export async function lookAtLanes(sql: RunSql, lanes: readonly string[]): Promise<LaneLook[]> {
  const rows = await sql<Row>(LOOK, [lanes]);
  return rows.map(({ key, kind, queue, handedTo, keptFor, receivedAt, started, stopped, withdrawn, ...lane }) => ({
    ...lane,
    head:
      key === null
        ? null
        : {
            key,
            kind,
            queue: queue!,
            handedTo,
            keptFor,
            receivedAt: receivedAt!,
            started: started!,
            stopped: stopped!,
            withdrawn: withdrawn!,
          },
  }));
}
