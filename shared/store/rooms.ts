import type { RoomId, SessionId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** `space`: a person's Space. `chat`: a conversation in it. `dm`: the room in which the bot was invited. */
export type RoomKind = 'space' | 'chat' | 'dm';

/** A room that the bot knows. */
export type Room = {
  readonly roomId: RoomId;
  readonly kind: RoomKind;
  readonly owner: UserId;
  /** Chats only: the agent's session, the room's `platform_chat_id`. */
  readonly sessionId: SessionId | null;
  readonly state: 'active' | 'archived';
  readonly name: string | null;
  /** Who gave it its name: `nobody` but us at its making, its first `question`, or a `person`, whose word is the last. */
  readonly namedBy: 'nobody' | 'question' | 'person';
  /** Something was said since its context was saved, loaded or emptied. */
  readonly unsaved: boolean;
};

/** A room with an agent in it, and so with a workspace. */
export type ChatRoom = Room & { readonly sessionId: NonNullable<Room['sessionId']> };

/** A room as it is made or found; the rest follows from what happens in it. */
export type FoundRoom = Omit<Room, 'namedBy' | 'unsaved'> & { readonly namedBy?: Room['namedBy'] };

const COLUMNS =
  'room_id AS "roomId", kind, owner, session_id AS "sessionId", state, name, named_by AS "namedBy", unsaved';

const LAST_CHAT = {
  name: 'room_last_chat',
  text: `SELECT ${COLUMNS} FROM room WHERE owner = $1 AND kind = 'chat' AND state = 'active' AND gone_at IS NULL
         ORDER BY last_turn_at DESC NULLS LAST, created_at DESC LIMIT 1`,
};
/** The one used last comes first. */
const CHATS = {
  name: 'room_chats',
  text: `SELECT ${COLUMNS}, op, last_turn_at AS "lastTurnAt" FROM room
         WHERE owner = $1 AND kind = 'chat' AND gone_at IS NULL ORDER BY state, coalesce(last_turn_at, created_at) DESC`,
};
const TO_TELL_IN = {
  name: 'room_to_tell_in',
  text: `SELECT room_id AS "roomId" FROM room
          WHERE owner = $1 AND gone_at IS NULL AND room_id <> $2 AND (kind = 'dm' OR (kind = 'chat' AND state = 'active'))
          ORDER BY kind = 'dm' DESC, coalesce(last_turn_at, created_at) DESC LIMIT 1`,
};
const FIND = { name: 'room_find', text: `SELECT ${COLUMNS} FROM room WHERE room_id = $1` };
const MAY_BE = {
  name: 'room_may_be',
  text: `SELECT t.id FROM unnest($1::text[]) AS t (id) LEFT JOIN room r ON r.room_id = t.id
          WHERE r.room_id IS NULL OR (r.owner = $2 AND r.kind = $3)`,
};
const PUT = {
  name: 'room_put',
  text: `INSERT INTO room AS r (room_id, kind, owner, session_id, state, name, op, named_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (room_id) DO UPDATE SET name = coalesce(excluded.name, r.name), state = excluded.state, gone_at = NULL,
           named_by = CASE excluded.named_by WHEN 'nobody' THEN r.named_by ELSE excluded.named_by END`,
};
const RENAME = {
  name: 'room_rename',
  text: `UPDATE room SET name = $2, named_by = $3 WHERE room_id = $1 AND (named_by = 'nobody' OR $3 = 'person')`,
};
/** With it, that the workspace has ended, or has not; an archived room that is archived again ended when it first was. */
const SET_STATE = {
  name: 'room_state',
  text: `WITH changed AS (UPDATE room SET state = $2 WHERE room_id = $1 RETURNING session_id, state),
         ended AS (INSERT INTO workspace_end (workspace)
           SELECT session_id FROM changed WHERE state = 'archived' AND session_id IS NOT NULL ON CONFLICT DO NOTHING)
         DELETE FROM workspace_end WHERE workspace IN (SELECT session_id FROM changed WHERE state = 'active')`,
};
const SET_SESSION = {
  name: 'room_session',
  text: `WITH ended AS (INSERT INTO workspace_end (workspace)
           SELECT session_id FROM room WHERE room_id = $1 AND session_id <> $2 ON CONFLICT DO NOTHING)
         UPDATE room SET session_id = $2, unsaved = false WHERE room_id = $1`,
};
/** Where the bot had been invited before it was known what the room is, it was recorded as a DM: that says no more than that. */
const NO_DM = {
  name: 'room_no_dm',
  text: `DELETE FROM room WHERE room_id = $2 AND kind = 'dm' AND EXISTS (SELECT FROM room r WHERE r.room_id = $1)`,
};
const MOVE = {
  name: 'room_move',
  text: `UPDATE room SET room_id = $2, gone_at = NULL WHERE room_id = $1 AND NOT EXISTS (SELECT FROM room r WHERE r.room_id = $2)`,
};
const SAVED = { name: 'room_saved', text: 'UPDATE room SET unsaved = false WHERE room_id = $1' };

/** The chat that the person used last, or the newest; `null` where there is none that the bot is in. */
export async function lastChatOf(database: Database, owner: UserId): Promise<Room | null> {
  return (await database.run<Room>(LAST_CHAT, [owner]))[0] ?? null;
}

/** Where a person is told what is not said in the room `about`: in the newest DM, else in the chat used last; null where there is none. */
export async function roomToTellIn(database: Database, owner: UserId, about: RoomId): Promise<RoomId | null> {
  return (await database.run<{ roomId: RoomId }>(TO_TELL_IN, [owner, about]))[0]?.roomId ?? null;
}

/** A room that is known; `null` where it is not. */
export async function findRoom(database: Database, roomId: RoomId): Promise<Room | null> {
  return (await database.run<Room>(FIND, [roomId]))[0] ?? null;
}

/**
 * Records a room that the bot is in; for one that is known, only its name, who gave it, and its state are taken over: owner and
 * session never change here.
 */
export async function putRoom(database: Database, room: FoundRoom, op: string | null): Promise<void> {
  const { roomId, kind, owner, sessionId, state, name, namedBy = 'nobody' } = room;
  await database.run(PUT, [roomId, kind, owner, sessionId, state, name, op, namedBy]);
}

/** A room in the list of a person's rooms. */
export type ListedRoom = Room & {
  /** The operation that made it. */
  readonly op: string | null;
  readonly lastTurnAt: Date | null;
};

/** Every conversation of a person, without those that are gone: those in use first, and of these the one used last. */
export async function chatsOf(database: Database, owner: UserId): Promise<ListedRoom[]> {
  return database.run<ListedRoom>(CHATS, [owner]);
}

/** A name that a person gave always holds; one from a question only where there was none. */
export async function recordName(
  database: Database,
  roomId: RoomId,
  name: string,
  by: 'question' | 'person',
): Promise<void> {
  await database.run(RENAME, [roomId, name, by]);
}

export async function recordState(database: Database, roomId: RoomId, state: Room['state']): Promise<void> {
  await database.run(SET_STATE, [roomId, state]);
}

/** The room has another session from now on, and nothing was said in it yet. */
export async function recordSession(database: Database, roomId: RoomId, session: SessionId): Promise<void> {
  await database.run(SET_SESSION, [roomId, session]);
}

/** The conversation goes on in another room; done again, it changes nothing. */
export async function moveRoom(database: Database, from: RoomId, to: RoomId): Promise<void> {
  await database.run(NO_DM, [from, to]);
  await database.run(MOVE, [from, to]);
}

/** Its context is the same as one that is kept, or empty. */
export async function recordSaved(database: Database, roomId: RoomId): Promise<void> {
  await database.run(SAVED, [roomId]);
}

/**
 * Those of the rooms that may be one which was made for `owner` by somebody who died over it: rooms that the record does not know,
 * and theirs of that kind, since whoever compares the record with Matrix may have found it first.
 */
export async function roomsThatMayBe(
  database: Database,
  rooms: readonly RoomId[],
  { owner, kind }: Pick<Room, 'owner' | 'kind'>,
): Promise<RoomId[]> {
  return (await database.run<{ id: RoomId }>(MAY_BE, [rooms, owner, kind])).map(({ id }) => id);
}
