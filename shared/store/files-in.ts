import type { ErrorCode } from '../errors/codes.ts';
import type { EventId, RoomId, SessionId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** A file that somebody sent into a room, as it lies in the room's workspace; or why it does not. */
export type FileIn = {
  /** The event that it came with. */
  readonly event: EventId;
  /** As its sender calls it. */
  readonly name: string;
  /** In the workspace; null where it did not come. */
  readonly path: string | null;
  readonly mime: string | null;
  /** Bytes. */
  readonly size: number | null;
  readonly failure: ErrorCode | null;
};

/** Of a turn: whether it has been given to it already. */
export type FileOfTurn = FileIn & { readonly given: boolean };

export type NewFileIn = FileIn & {
  readonly room: RoomId;
  readonly sender: UserId;
  readonly thread?: EventId;
  readonly position: number;
  readonly workspace: SessionId;
  readonly sha256: string | null;
};

const COLUMNS = 'event_id AS event, name, path, mime, size, failure';

const RECORD = {
  name: 'file_in_record',
  text: `INSERT INTO file_in (event_id, room_id, sender, thread, position, name, workspace, path, mime, size, sha256, failure)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (event_id) DO NOTHING`,
};
const FIND = { name: 'file_in_find', text: `SELECT ${COLUMNS} FROM file_in WHERE event_id = $1` };
const GIVE = {
  name: 'file_in_give',
  text: 'UPDATE file_in SET turn = $1 WHERE event_id = ANY($2) AND turn IS NULL',
};

/** What became of a file; recorded once. */
export async function recordFileIn(database: Database, file: NewFileIn): Promise<void> {
  const { event, room, sender, thread, position, name, workspace, path, mime, size, sha256, failure } = file;
  const values = [event, room, sender, thread ?? null, position, name, workspace, path, mime, size, sha256, failure];
  await database.run(RECORD, values);
}

/** What became of a file; null where nothing did yet. */
export async function findFileIn(database: Database, event: EventId): Promise<FileIn | null> {
  return (await database.run<FileIn>(FIND, [event]))[0] ?? null;
}

/** Files become part of the turn of an event, and of no other. */
export async function giveFiles(database: Database, turn: EventId, files: readonly EventId[]): Promise<void> {
  await database.run(GIVE, [turn, files]);
}
