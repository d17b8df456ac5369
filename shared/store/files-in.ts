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
/**
 * What makes a row `f` of `file_in` one that waits for a message: of the same person, room and thread, up to its place in the
 * order, sent within the last hour, not taken back, and given to no turn. The arguments are the statement's parameters.
 */
export function waits(at: { room: string; sender: string; position: string; thread: string }): string {
  return `f.turn IS NULL AND f.room_id = ${at.room} AND f.sender = ${at.sender} AND f.position <= ${at.position}
    AND f.thread IS NOT DISTINCT FROM ${at.thread} AND f.created_at > now() - interval '1 hour'
    AND NOT EXISTS (SELECT FROM lane_amendment w WHERE w.target = f.event_id AND w.kind = 'withdraw')`;
}

const WAITING = {
  name: 'file_in_waiting',
  text: `SELECT ${COLUMNS} FROM file_in f
         WHERE ${waits({ room: '$1', sender: '$2', position: '$3', thread: '$4' })} ORDER BY position`,
};
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

/** Files of a person that no turn has been given and that were not taken back, up to a place in the order. */
export async function waitingFiles(
  database: Database,
  at: { readonly room: RoomId; readonly sender: UserId; readonly position: number; readonly thread?: EventId },
): Promise<FileIn[]> {
  return database.run<FileIn>(WAITING, [at.room, at.sender, at.position, at.thread ?? null]);
}

/** Files become part of the turn of an event, and of no other. */
export async function giveFiles(database: Database, turn: EventId, files: readonly EventId[]): Promise<void> {
  await database.run(GIVE, [turn, files]);
}

/** For retention: the record of files whose turns have ended; the files themselves lie on the volume. */
export const OLD_FILES_IN = { table: 'file_in', age: 'created_at', items: ['event_id', 'turn'] };
