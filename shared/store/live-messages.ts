import type { EventId, OpId, RoomId, SessionId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';
import type { Room } from './rooms.ts';

/** A message of ours that streams. It is reserved before its first PUT; `id` is null until that PUT was answered. */
export type LiveMessage = {
  readonly op: OpId;
  readonly part: number;
  readonly id: EventId | null;
  readonly edits: number;
  readonly ageMs: number;
};

/** All that a turn needs to know at its start. */
export type TurnContext = {
  readonly room: Room | null;
  readonly language: 'en' | 'ru' | 'auto';
  /** Not empty where an earlier worker began to answer and did not finish. */
  readonly live: LiveMessage[];
};

type ContextRow = {
  roomId: RoomId | null;
  kind: Room['kind'];
  owner: UserId;
  sessionId: SessionId | null;
  state: Room['state'];
  name: string | null;
  language: TurnContext['language'] | null;
  live: LiveMessage[] | null;
};

/** One statement: the room, the language of the person who asked, and what an earlier worker left behind. */
const CONTEXT = {
  name: 'turn_context',
  text: `WITH used AS (
           UPDATE room SET last_turn_at = now() WHERE room_id = $1 AND coalesce(last_turn_at, '-infinity') < now() - interval '1 minute'
         )
         SELECT r.room_id AS "roomId", r.kind, r.owner, r.session_id AS "sessionId", r.state, r.name, p.language,
           (SELECT json_agg(json_build_object('op', m.op, 'part', m.part, 'id', m.event_id, 'edits', m.edits,
                     'ageMs', (extract(epoch FROM now() - m.created_at) * 1000)::int) ORDER BY m.part)
              FROM live_message m WHERE m.in_response_to = $2) AS live
         FROM (SELECT 1) one LEFT JOIN room r ON r.room_id = $1 LEFT JOIN person p ON p.user_id = $3`,
};
/** Reserved only by the one who holds the lane: a worker that lost its lease in between opens no message. */
const RESERVE = {
  name: 'live_reserve',
  text: `INSERT INTO live_message (op, room_id, in_response_to, part, edits, epoch)
         SELECT $1, $2, $3, $4, $5, $7 FROM lane WHERE lane_id = $6 AND epoch = $7 AND holder IS NOT NULL
         ON CONFLICT (op) DO UPDATE SET epoch = excluded.epoch RETURNING op`,
};
const OPENED = { name: 'live_opened', text: 'UPDATE live_message SET event_id = $2 WHERE op = $1' };
const EDITS = { name: 'live_edits', text: 'UPDATE live_message SET edits = $2 WHERE op = $1' };

const FORGET = {
  name: 'live_forget',
  text: `DELETE FROM live_message WHERE op IN (
    SELECT op FROM live_message WHERE created_at < now() - $1 * interval '1 day' LIMIT 2000) RETURNING 1`,
};

export async function turnContext(
  database: Database,
  roomId: RoomId,
  cause: EventId,
  asker: UserId,
): Promise<TurnContext> {
  const [row] = await database.run<ContextRow>(CONTEXT, [roomId, cause, asker]);
  const room = row?.roomId
    ? {
        roomId: row.roomId,
        kind: row.kind,
        owner: row.owner,
        sessionId: row.sessionId,
        state: row.state,
        name: row.name,
      }
    : null;
  return { room, language: row?.language ?? 'auto', live: row?.live ?? [] };
}

/** @returns false where the lane is no longer held with this epoch: then nothing may be sent. */
export async function reserveLiveMessage(
  database: Database,
  message: { op: OpId; roomId: RoomId; cause: EventId; part: number; edits: number; lane: string; epoch: number },
): Promise<boolean> {
  const { op, roomId, cause, part, edits, lane, epoch } = message;
  return (await database.run(RESERVE, [op, roomId, cause, part, edits, lane, epoch])).length > 0;
}

export async function recordOpened(database: Database, op: OpId, eventId: EventId): Promise<void> {
  await database.run(OPENED, [op, eventId]);
}

/** Edits are counted in blocks, ahead of their use, so that the cap holds over a crash without a statement for each edit. */
export async function reserveEdits(database: Database, op: OpId, edits: number): Promise<void> {
  await database.run(EDITS, [op, edits]);
}

/** Deletes up to 2,000 reservations older than `days`; their turns have ended long ago. @returns how many. */
export async function forgetLiveMessages(database: Database, days: number): Promise<number> {
  return (await database.run(FORGET, [days])).length;
}
