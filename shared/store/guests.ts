import type { RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

const ADD = { name: 'guest_add', text: 'INSERT INTO guest (room_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING' };
const LIST = {
  name: 'guest_list',
  text: 'SELECT user_id AS "userId" FROM guest WHERE room_id = $1 ORDER BY created_at LIMIT 200',
};
const REMOVE = { name: 'guest_remove', text: 'DELETE FROM guest WHERE room_id = $1 AND user_id = $2' };

/** Lets somebody ask the agent in a room. */
export async function addGuest(database: Database, room: RoomId, user: UserId): Promise<void> {
  await database.run(ADD, [room, user]);
}

/** Those whom a room’s owner lets ask, the first 200. */
export async function guestsOf(database: Database, room: RoomId): Promise<UserId[]> {
  return (await database.run<{ userId: UserId }>(LIST, [room])).map(({ userId }) => userId);
}

export async function removeGuest(database: Database, room: RoomId, user: UserId): Promise<void> {
  await database.run(REMOVE, [room, user]);
}
