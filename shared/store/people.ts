import type { RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

export type Person = {
  readonly userId: UserId;
  readonly spaceId: RoomId | null;
  /** The room in which the bot was first invited, while it is there. */
  readonly dmRoomId: RoomId | null;
  readonly language: 'en' | 'ru' | 'auto';
  /** The language of what they wrote last. */
  readonly writes: 'en' | 'ru' | null;
};

const COLUMNS = 'user_id AS "userId", space_id AS "spaceId", dm_room_id AS "dmRoomId", language, writes';

const FIND = { name: 'person_find', text: `SELECT ${COLUMNS} FROM person WHERE user_id = $1` };
/** What is not given (NULL) stays as it was, and a DM that the bot is still in. */
const PUT = {
  name: 'person_put',
  text: `INSERT INTO person AS p (user_id, space_id, dm_room_id) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET space_id = coalesce(excluded.space_id, p.space_id), dm_room_id = coalesce(
           (SELECT r.room_id FROM room r WHERE r.room_id = p.dm_room_id AND r.gone_at IS NULL), excluded.dm_room_id, p.dm_room_id)
         RETURNING ${COLUMNS}`,
};
const CHANGE_SPACE = { name: 'person_change_space', text: 'UPDATE person SET space_id = $2 WHERE space_id = $1' };
const LANGUAGE = {
  name: 'person_language',
  text: `INSERT INTO person (user_id, language) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET language = excluded.language`,
};
const COUNT = {
  name: 'people_count',
  text: `SELECT (SELECT count(*)::int FROM person) AS people, (SELECT count(*)::int FROM room WHERE kind = 'chat') AS chats`,
};
/** Told already, and by another event: not again. The same event, run again after a crash, is told the same. */
const TELL_ONCE = {
  name: 'told_once',
  text: `WITH fresh AS (INSERT INTO told (scope, person, code, key) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1)
         SELECT EXISTS (SELECT 1 FROM fresh) OR EXISTS (SELECT 1 FROM told WHERE scope = $1 AND person = $2 AND code = $3 AND key = $4) AS tell`,
};

/** For retention: what was told of one message, question or session. The rest is a few rows a room, and would be told again. */
export const OLD_TOLD = { table: 'told', age: 'at', when: "t.code ~ '^(edited|first|context) '" };

export async function findPerson(database: Database, userId: UserId): Promise<Person | null> {
  return (await database.run<Person>(FIND, [userId]))[0] ?? null;
}

/** Records what is known of a person; a Space that is given replaces the one known, the first DM stays while it is there. */
export async function putPerson(
  database: Database,
  person: { userId: UserId; spaceId?: RoomId; dmRoomId?: RoomId },
): Promise<Person> {
  const [row] = await database.run<Person>(PUT, [person.userId, person.spaceId ?? null, person.dmRoomId ?? null]);
  return row!;
}

/** A Space is not there any more, or goes on as another room: whoever has it. */
export async function changeSpace(database: Database, from: RoomId, to: RoomId | null): Promise<void> {
  await database.run(CHANGE_SPACE, [from, to]);
}

/** The language of all texts to a person from now on, also of one who has no Space. */
export async function recordLanguage(database: Database, userId: UserId, language: Person['language']): Promise<void> {
  await database.run(LANGUAGE, [userId, language]);
}

/** Whether `person` is to be told `code` because of event `key`: true for the first event that causes it in `scope`, and whenever that event runs again. */
export async function tellOnce(
  database: Database,
  scope: string,
  person: UserId,
  code: string,
  key: string,
): Promise<boolean> {
  const [row] = await database.run<{ tell: boolean }>(TELL_ONCE, [scope, person, code, key]);
  return row?.tell ?? false;
}

/** How many people and conversations the record knows. */
export async function countPeople(database: Database): Promise<{ people: number; chats: number }> {
  const [row] = await database.run<{ people: number; chats: number }>(COUNT);
  return row!;
}
