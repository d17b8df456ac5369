import type { EventId, LaneId, OpId, RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';
import type { TurnCourse } from './turn-course.ts';

/** An item as it was taken in. Of what was written only how long it is. */
export type TakenIn = {
  readonly event: EventId;
  readonly lane: LaneId;
  readonly seq: number;
  readonly queue: string;
  readonly type: string;
  /** Of a command. */
  readonly command: string | null;
  readonly room: RoomId;
  readonly sender: UserId;
  readonly chars: number | null;
  readonly originTs: number | null;
  /** When ingress had it, milliseconds since 1970. */
  readonly receivedTs: number | null;
  /** When the record had it. */
  readonly storedAt: Date;
};

/** An edit or a withdrawal by its sender. */
export type Amended = { readonly event: EventId; readonly kind: 'replace' | 'withdraw'; readonly at: Date };

/** What was recorded to be said at its end. */
export type SaidAtEnd = {
  readonly op: string;
  readonly epoch: number;
  readonly type: string;
  /** Of an answer. */
  readonly state: string | null;
  readonly code: string | null;
  readonly part: number | null;
  readonly last: boolean;
  readonly bytes: number;
  readonly committedAt: Date;
  readonly sentAt: Date | null;
  readonly failure: string | null;
  /** The message that it replaced. */
  readonly replaces: EventId | null;
  readonly course: TurnCourse | null;
};

export type ShownMessage = {
  readonly op: OpId;
  readonly part: number;
  readonly eventId: EventId | null;
  /** Reserved; a few more than were made. */
  readonly edits: number;
  readonly epoch: number;
  readonly at: Date;
};

/** A question of the turn: whom it asked and how that ended, not what. */
export type AskedInTurn = {
  readonly id: string;
  readonly kind: 'permission' | 'confirmation';
  readonly person: UserId;
  readonly state: 'open' | 'allowed' | 'rejected' | 'expired';
  readonly always: boolean;
  readonly at: Date;
  readonly expiresAt: Date;
  readonly eventId: EventId | null;
  /** The event that settled it, who sent that, and when it came. */
  readonly settledBy: string | null;
  readonly answeredBy: UserId | null;
  readonly answeredAt: Date | null;
};

export type FileOfTrail = {
  readonly way: 'in' | 'out';
  readonly name: string;
  readonly size: number | null;
  /** `offered`, `uploaded` or `refused`; of those that came in `fetched` or `refused`. */
  readonly state: string;
  readonly code: string | null;
  readonly at: Date;
  readonly doneAt: Date | null;
};

/** Everything that the record knows of what came of one event. */
export type TurnTrail = {
  readonly item: TakenIn;
  readonly amended: readonly Amended[];
  readonly said: readonly SaidAtEnd[];
  readonly shown: readonly ShownMessage[];
  readonly asked: readonly AskedInTurn[];
  readonly files: readonly FileOfTrail[];
  /** What the agent says that it used. */
  readonly spent: { readonly tokens: number; readonly cost: number } | null;
};

const ITEM = {
  name: 'trail_item',
  text: `SELECT key AS event, lane_id AS lane, seq, queue, body->>'type' AS type, body->>'name' AS command, body->>'room' AS room,
      body->>'sender' AS sender, length(body->>'text') AS chars, (body->>'originTs')::float8 AS "originTs",
      (body->>'receivedTs')::float8 AS "receivedTs", received_at AS "storedAt" FROM lane_item WHERE key = $1`,
};
const AMENDED = {
  name: 'trail_amended',
  text: `SELECT key AS event, kind, received_at AS at FROM lane_amendment WHERE target = $1 ORDER BY position LIMIT 50`,
};
const SAID = {
  name: 'trail_said',
  text: `SELECT op, epoch, body->'say'->>'type' AS type, body->'say'->>'state' AS state, body->'say'->>'code' AS code,
      (body->'say'->>'part')::int AS part, coalesce(body->'say'->>'last' = 'true', false) AS last,
      coalesce(octet_length(body->'say'->>'text'), 0) AS bytes, created_at AS "committedAt", sent_at AS "sentAt", failure,
      body->>'replaces' AS replaces, body->'course' AS course
    FROM lane_send WHERE lane_id = $1 AND seq = $2 ORDER BY ordinal LIMIT 200`,
};
const SHOWN = {
  name: 'trail_shown',
  text: `SELECT op, part, event_id AS "eventId", edits, epoch, created_at AS at FROM live_message
          WHERE in_response_to = $1 ORDER BY part LIMIT 200`,
};
const ASKED = {
  name: 'trail_asked',
  text: `SELECT q.id, q.kind, q.person, q.state, q.always, q.created_at AS at, q.expires_at AS "expiresAt", q.event_id AS "eventId",
      q.settled_by AS "settledBy", i.body->>'sender' AS "answeredBy", i.received_at AS "answeredAt"
    FROM question q LEFT JOIN lane_item i ON i.key = q.settled_by AND i.key <> q.cause
   WHERE q.cause = $1 ORDER BY q.created_at, q.number LIMIT 100`,
};
const FILES = {
  name: 'trail_files',
  text: `SELECT 'in' AS way, name, size, CASE WHEN failure IS NULL THEN 'fetched' ELSE 'refused' END AS state, failure AS code,
      created_at AS at, created_at AS "doneAt" FROM file_in WHERE turn = $1 OR event_id = $1
    UNION ALL
    SELECT 'out', coalesce(result->>'name', offer->>'name'), coalesce(result->>'size', offer->>'size')::bigint, state,
      result->>'code', created_at, done_at FROM file_out WHERE room_id = $2 AND cause = $1
    ORDER BY at LIMIT 200`,
};
const SPENT = { name: 'trail_spent', text: 'SELECT tokens, cost FROM turn_spent WHERE event_id = $1' };

/** Null for an event that the record has no item of. */
export async function turnTrail(database: Database, event: EventId): Promise<TurnTrail | null> {
  const [item] = await database.run<TakenIn>(ITEM, [event]);
  if (!item) return null;
  const [amended, said, shown, asked, files, spent] = await Promise.all([
    database.run<Amended>(AMENDED, [event]),
    database.run<SaidAtEnd>(SAID, [item.lane, item.seq]),
    database.run<ShownMessage>(SHOWN, [event]),
    database.run<AskedInTurn>(ASKED, [event]),
    database.run<FileOfTrail>(FILES, [event, item.room]),
    database.run<NonNullable<TurnTrail['spent']>>(SPENT, [event]),
  ]);
  return { item, amended, said, shown, asked, files, spent: spent[0] ?? null };
}
