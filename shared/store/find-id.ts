import type { EventId, RoomId, SessionId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** How far is looked back where there is no index: `near` is quick, `all` takes as long as it takes. */
export type Depth = 'near' | 'all';
const ALL = 2 ** 31 - 1;
/** So many of the newest rows are read. A hash for each takes longer than a comparison. */
const MESSAGES: Readonly<Record<Depth, number>> = { near: 50_000, all: ALL };
const TURNS: Readonly<Record<Depth, number>> = { near: 15_000, all: ALL };

/** What an id of the record leads to: an item, or a room. */
export type Leads = { readonly event: EventId } | { readonly room: RoomId };

const ITEM = {
  name: 'find_item',
  text: `SELECT key AS event FROM lane_item WHERE key = $1
    UNION ALL SELECT target FROM lane_amendment WHERE key = $1 LIMIT 1`,
};
const REJECT = {
  name: 'find_reject',
  text: `SELECT substr(lane_id, strpos(lane_id, '/') + 1) AS room, reason FROM lane_reject WHERE key = $1`,
};
const OURS_IN_ROOM = {
  name: 'find_ours_in_room',
  text: `SELECT i.key AS event FROM lane_item i JOIN live_message m ON m.in_response_to = i.key
          WHERE i.lane_id = 'room/' || $2 AND m.event_id = $1
    UNION ALL SELECT cause FROM question WHERE room_id = $2 AND event_id = $1 LIMIT 1`,
};
/** An event id of ours stands in no index, which each message would have to pay for. */
const OURS = {
  name: 'find_ours',
  text: `SELECT in_response_to AS event FROM (
      SELECT in_response_to, event_id FROM live_message ORDER BY created_at DESC LIMIT $2) m WHERE event_id = $1
    UNION ALL
    SELECT cause FROM (SELECT cause, event_id FROM question ORDER BY created_at DESC LIMIT $2) q WHERE event_id = $1 LIMIT 1`,
};
const OPERATION = {
  name: 'find_operation',
  text: `SELECT i.key AS event, NULL AS room FROM lane_send s JOIN lane_item i ON i.lane_id = s.lane_id AND i.seq = s.seq WHERE s.op = ANY($2)
    UNION ALL SELECT in_response_to, NULL FROM live_message WHERE op = $1
    UNION ALL SELECT cause, NULL FROM question WHERE id = $1
    UNION ALL SELECT cause, NULL FROM file_out WHERE op = $1
    UNION ALL SELECT NULL, room_id FROM room WHERE op = $1 LIMIT 1`,
};
/** Turn ids stand nowhere: they derive from the events (`opId`), which are tried one after the other. */
const TURN = {
  name: 'find_turn',
  text: `SELECT key AS event FROM (SELECT key FROM lane_item ORDER BY received_at DESC LIMIT $2) i
    WHERE substring(sha256(convert_to('["turn","' || key || '"]', 'UTF8')) FOR 16) = decode($1, 'hex') LIMIT 1`,
};
const SESSION = { name: 'find_session', text: 'SELECT room_id AS room FROM room WHERE session_id = $1' };

type Row = { event: EventId | null; room: RoomId | null };

/** The item of an event: its own, or the one that an edit or a redaction is about. */
export async function itemOf(database: Database, event: EventId): Promise<EventId | null> {
  return (await database.run<{ event: EventId }>(ITEM, [event]))[0]?.event ?? null;
}

/** Why an event was not understood, and where it came from. */
export async function rejectOf(
  database: Database,
  event: EventId,
): Promise<{ readonly room: string | null; readonly reason: string } | null> {
  return (await database.run<{ room: string | null; reason: string }>(REJECT, [event]))[0] ?? null;
}

/** What a message of ours answers, or a question of ours came of. Where the room is known, all of it is looked at. */
export async function causeOf(
  database: Database,
  event: EventId,
  { room, depth }: { readonly room?: RoomId; readonly depth: Depth },
): Promise<EventId | null> {
  const rows = room
    ? await database.run<{ event: EventId }>(OURS_IN_ROOM, [event, room])
    : await database.run<{ event: EventId }>(OURS, [event, MESSAGES[depth]]);
  return rows[0]?.event ?? null;
}

/** What an operation was done about. `op` may have the name of a send behind it: `….final`, `….3.0`. */
export async function operationOf(database: Database, op: string): Promise<Leads | null> {
  const [plain = op] = op.split('.');
  const [row] = await database.run<Row>(OPERATION, [plain, [op, plain, `${plain}.final`, `${plain}.outcome`]]);
  return leads(row);
}

/** The event that a turn id derives from, among the newest. */
export async function turnOf(database: Database, turn: string, depth: Depth): Promise<EventId | null> {
  const digest = [...turn].reduce((value, digit) => value * 32n + BigInt(Number.parseInt(digit, 32)), 0n);
  const hex = digest.toString(16).padStart(32, '0');
  if (hex.length > 32) return null;
  return (await database.run<{ event: EventId }>(TURN, [hex, TURNS[depth]]))[0]?.event ?? null;
}

export async function roomOfSession(database: Database, session: SessionId): Promise<RoomId | null> {
  return (await database.run<{ room: RoomId }>(SESSION, [session]))[0]?.room ?? null;
}

function leads(row: Row | undefined): Leads | null {
  if (row?.event) return { event: row.event };
  return row?.room ? { room: row.room } : null;
}
