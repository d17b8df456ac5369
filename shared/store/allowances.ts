import type { RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** What a person has allowed the agent of a room for good: every later question of the same title is answered yes. */
export type Allowance = { readonly title: string; readonly createdAt: Date };

const ALLOW = {
  name: 'allowance_add',
  text: 'INSERT INTO allowance (room_id, person, title) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
};
const LIST = {
  name: 'allowance_list',
  text: 'SELECT title, created_at AS "createdAt" FROM allowance WHERE room_id = $1 AND person = $2 ORDER BY created_at',
};
const RESET = {
  name: 'allowance_reset',
  text: 'DELETE FROM allowance WHERE room_id = $1 AND person = $2 RETURNING title',
};

export async function allowForGood(database: Database, room: RoomId, person: UserId, title: string): Promise<void> {
  await database.run(ALLOW, [room, person, title]);
}

/** The oldest first. */
export async function allowancesOf(database: Database, room: RoomId, person: UserId): Promise<Allowance[]> {
  return database.run<Allowance>(LIST, [room, person]);
}

/** Takes back all of them. @returns how many there were. */
export async function takeBackAllowances(database: Database, room: RoomId, person: UserId): Promise<number> {
  return (await database.run(RESET, [room, person])).length;
}
