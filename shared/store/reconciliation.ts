import type { OpId, RoomId, UserId } from '../ids/ids.ts';
import type { Database, Statement } from './postgres.ts';
import type { Room } from './rooms.ts';

/** A room that Matrix has and the record does not. */
export type AdoptedRoom = Pick<Room, 'roomId' | 'kind' | 'owner' | 'sessionId' | 'state' | 'name' | 'namedBy'> & {
  readonly op: OpId;
  readonly createdAt: Date;
};

type Said = Pick<Room, 'kind' | 'owner' | 'sessionId' | 'state'>;
/** What the record is to say of a room, and what it said when that was decided. */
export type CorrectedRoom = { readonly roomId: RoomId; readonly now: Said; readonly was: Said };
export type RenamedRoom = { readonly roomId: RoomId; readonly name: string; readonly was: string | null };
export type MovedSpace = { readonly person: UserId; readonly space: RoomId | null; readonly was: RoomId | null };

/** Rows of one statement: its parameters stay small, and no lock is held for long. */
const ROWS = 1_000;

const PEOPLE = {
  name: 'reconcile_people',
  text: 'INSERT INTO person (user_id) SELECT DISTINCT u FROM unnest($1::text[]) u ON CONFLICT DO NOTHING',
};
/**
 * A session that the record has in another room was taken along by an upgrade: the row moves. A room that came into the
 * record meanwhile stays as it came. Two rooms may bear one `op`, where a createRoom was done twice: only one is recorded.
 */
const ADOPT = {
  name: 'reconcile_adopt',
  text: `WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
      AS t (room_id, kind, owner, session_id, state, name, named_by, op, created_at)
  ), moved AS (
    UPDATE room r SET room_id = w.room_id, kind = w.kind, owner = w.owner, state = w.state, name = coalesce(w.name, r.name), gone_at = NULL
      FROM wanted w WHERE r.session_id = w.session_id AND r.room_id <> w.room_id
       AND NOT EXISTS (SELECT FROM room x WHERE x.room_id = w.room_id)
    RETURNING r.room_id
  ), fresh AS (
    INSERT INTO room AS r (room_id, kind, owner, session_id, state, name, named_by, op, created_at)
    SELECT w.room_id, w.kind, w.owner, w.session_id, w.state, w.name, w.named_by,
           CASE WHEN EXISTS (SELECT FROM room x WHERE x.op = w.op AND x.room_id <> w.room_id) THEN NULL ELSE w.op END, w.created_at
      FROM wanted w WHERE NOT EXISTS (SELECT FROM moved m WHERE m.room_id = w.room_id)
    ON CONFLICT (room_id) DO UPDATE SET gone_at = NULL
  ), ended AS (
    INSERT INTO workspace_end (workspace) SELECT session_id FROM wanted WHERE state = 'archived' AND session_id IS NOT NULL
    ON CONFLICT DO NOTHING
  )
  DELETE FROM workspace_end WHERE workspace IN (SELECT session_id FROM wanted WHERE state = 'active')`,
};
/** Only where the record still says what it said when this was decided: a command of its owner may have been quicker. */
const CORRECT = {
  name: 'reconcile_correct',
  text: `WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
      AS t (room_id, kind, owner, session_id, state, was_kind, was_owner, was_session_id, was_state)
  ), changed AS (
    UPDATE room r SET kind = w.kind, owner = w.owner, session_id = w.session_id, state = w.state,
           unsaved = r.unsaved AND r.session_id IS NOT DISTINCT FROM w.session_id
      FROM wanted w WHERE r.room_id = w.room_id AND r.kind = w.was_kind AND r.owner = w.was_owner
       AND r.session_id IS NOT DISTINCT FROM w.was_session_id AND r.state = w.was_state
       AND NOT EXISTS (SELECT FROM room x WHERE x.session_id = w.session_id AND x.room_id <> w.room_id)
    RETURNING w.was_session_id, r.session_id, r.state
  ), ended AS (
    INSERT INTO workspace_end (workspace)
    SELECT was_session_id FROM changed WHERE was_session_id IS NOT NULL AND was_session_id IS DISTINCT FROM session_id
    UNION SELECT session_id FROM changed WHERE state = 'archived' AND session_id IS NOT NULL
    ON CONFLICT DO NOTHING
  )
  DELETE FROM workspace_end WHERE workspace IN (SELECT session_id FROM changed WHERE state = 'active')`,
};
const RENAME = {
  name: 'reconcile_rename',
  text: `UPDATE room r SET name = w.name, named_by = 'person' FROM unnest($1::text[], $2::text[], $3::text[]) AS w (room_id, name, was)
          WHERE r.room_id = w.room_id AND r.name IS NOT DISTINCT FROM w.was`,
};
const GONE = {
  name: 'reconcile_gone',
  text: 'UPDATE room SET gone_at = now() WHERE room_id = ANY($1::text[]) AND gone_at IS NULL',
};
const BACK = { name: 'reconcile_back', text: 'UPDATE room SET gone_at = NULL WHERE room_id = ANY($1::text[])' };
const SPACE = {
  name: 'reconcile_space',
  text: `UPDATE person p SET space_id = w.space FROM unnest($1::text[], $2::text[], $3::text[]) AS w (person, space, was)
          WHERE p.user_id = w.person AND p.space_id IS NOT DISTINCT FROM w.was`,
};

/** Takes rooms into the record, and their owners where they are not known. */
export async function adoptRooms(database: Database, rooms: readonly AdoptedRoom[]): Promise<void> {
  await knowPeople(
    database,
    rooms.map(({ owner }) => owner),
  );
  await inRows(database, ADOPT, rooms, (room) => [
    ...[room.roomId, room.kind, room.owner, room.sessionId, room.state],
    ...[room.name, room.namedBy, room.op, room.createdAt],
  ]);
}

/** Of a session that ends with it, the workspace ends, too. A session that another room has is not given away. */
export async function correctRooms(database: Database, rooms: readonly CorrectedRoom[]): Promise<void> {
  await knowPeople(
    database,
    rooms.map(({ now }) => now.owner),
  );
  await inRows(database, CORRECT, rooms, ({ roomId, now, was }) => [
    roomId,
    ...[now.kind, now.owner, now.sessionId, now.state],
    ...[was.kind, was.owner, was.sessionId, was.state],
  ]);
}

export async function renameRooms(database: Database, rooms: readonly RenamedRoom[]): Promise<void> {
  await inRows(database, RENAME, rooms, ({ roomId, name, was }) => [roomId, name, was]);
}

/** The bot is not in these any more. Their rows stay, since with them goes which session was whose. */
export async function markGone(database: Database, rooms: readonly RoomId[]): Promise<void> {
  await inRows(database, GONE, rooms, (room) => [room]);
}

export async function markBack(database: Database, rooms: readonly RoomId[]): Promise<void> {
  await inRows(database, BACK, rooms, (room) => [room]);
}

export async function moveSpaces(database: Database, spaces: readonly MovedSpace[]): Promise<void> {
  await knowPeople(
    database,
    spaces.map(({ person }) => person),
  );
  await inRows(database, SPACE, spaces, ({ person, space, was }) => [person, space, was]);
}

async function knowPeople(database: Database, people: readonly UserId[]): Promise<void> {
  await inRows(database, PEOPLE, [...new Set(people)], (person) => [person]);
}

/** Each column of the rows is an array, and one parameter. */
async function inRows<Row>(
  database: Database,
  statement: Statement,
  rows: readonly Row[],
  columnsOf: (row: Row) => readonly unknown[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS) {
    const part = rows.slice(from, from + ROWS).map(columnsOf);
    await database.run(
      statement,
      part[0]!.map((_, column) => part.map((row) => row[column])),
    );
  }
}
