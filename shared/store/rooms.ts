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
};

const COLUMNS = 'room_id AS "roomId", kind, owner, session_id AS "sessionId", state, name';

const LAST_CHAT = {
  name: 'room_last_chat',
  text: `SELECT ${COLUMNS} FROM room WHERE owner = $1 AND kind = 'chat' AND state = 'active'
         ORDER BY last_turn_at DESC NULLS LAST, created_at DESC LIMIT 1`,
};
const CHATS = {
  name: 'room_chats',
  text: `SELECT ${COLUMNS} FROM room WHERE owner = $1 AND kind = 'chat' AND state = 'active' ORDER BY created_at`,
};
const UNKNOWN = {
  name: 'room_unknown',
  text: 'SELECT t.id FROM unnest($1::text[]) AS t (id) WHERE NOT EXISTS (SELECT FROM room r WHERE r.room_id = t.id)',
};
const PUT = {
  name: 'room_put',
  text: `INSERT INTO room (room_id, kind, owner, session_id, state, name, op) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (room_id) DO UPDATE SET name = excluded.name, state = excluded.state`,
};

/** The chat that the person used last, or the newest; `null` where there is none. */
export async function lastChatOf(database: Database, owner: UserId): Promise<Room | null> {
  return (await database.run<Room>(LAST_CHAT, [owner]))[0] ?? null;
}

/** Records a room; for one that is known, only its name and state are taken over: owner and session never change here. */
export async function putRoom(database: Database, room: Room, op: string | null): Promise<void> {
  await database.run(PUT, [room.roomId, room.kind, room.owner, room.sessionId, room.state, room.name, op]);
}

/** Every conversation of a person that is not archived, the oldest first. */
export async function chatsOf(database: Database, owner: UserId): Promise<Room[]> {
  return database.run<Room>(CHATS, [owner]);
}

/** Those of the rooms that the record does not know: none, unless a creation was interrupted or the database was lost. */
export async function unknownRooms(database: Database, rooms: readonly RoomId[]): Promise<RoomId[]> {
  return (await database.run<{ id: RoomId }>(UNKNOWN, [rooms])).map(({ id }) => id);
}
