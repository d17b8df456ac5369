import type { ErrorCode } from '../errors/codes.ts';
import type { EventId, OpId, RoomId, SessionId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** What an agent says of a file in its workspace. Nothing of it is relied on but the path and the hash. */
export type Offer = {
  readonly path: string;
  readonly name: string;
  readonly mime: string;
  /** Bytes; absent, like the hash, where nobody has looked yet. */
  readonly size?: number;
  readonly sha256?: string;
};

/** What a file turned out to be. Sizes in pixels, bytes and milliseconds. */
export type Uploaded = {
  readonly name: string;
  readonly kind: 'image' | 'audio' | 'video' | 'file';
  readonly mime: string;
  readonly size: number;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  readonly thumbnail?: {
    readonly mime: string;
    readonly size: number;
    readonly width: number;
    readonly height: number;
  };
};

/** Why a file was not taken; `reason` is for whoever wrote the agent, `limit` in bytes where it was too large. */
export type Refused = { readonly code: ErrorCode; readonly reason: string; readonly limit?: number };

export type FileOut = {
  readonly op: OpId;
  readonly room: RoomId;
  readonly cause: EventId;
  readonly workspace: SessionId;
  readonly offer: Offer;
  /** The surface's references to the file and its preview: there before the upload, so that there is never a second one. */
  readonly reference: string | null;
  readonly thumbnail: string | null;
} & (
  | { readonly state: 'offered'; readonly result: null }
  | { readonly state: 'uploaded'; readonly result: Uploaded }
  | { readonly state: 'refused'; readonly result: Refused }
);

const COLUMNS = 'op, room_id AS room, cause, workspace, offer, state, reference, thumbnail, result';

const OFFER = {
  name: 'file_out_offer',
  text: `INSERT INTO file_out (op, room_id, cause, workspace, offer) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (op) DO NOTHING`,
};
const FIND = { name: 'file_out_find', text: `SELECT ${COLUMNS} FROM file_out WHERE op = $1` };
const SEAL = {
  name: 'file_out_seal',
  text: `UPDATE file_out SET offer = jsonb_build_object('sha256', $2::text) || offer WHERE op = $1
         RETURNING offer->>'sha256' AS sha256`,
};
const RESERVE = {
  name: 'file_out_reserve',
  text: `UPDATE file_out SET reference = coalesce(reference, $2), thumbnail = coalesce(thumbnail, $3) WHERE op = $1
         RETURNING reference, thumbnail`,
};
const FINISH = {
  name: 'file_out_finish',
  text: `UPDATE file_out SET state = $2, result = $3, done_at = now() WHERE op = $1 AND state = 'offered'`,
};

type Place = Pick<FileOut, 'op' | 'room' | 'cause' | 'workspace' | 'offer'>;

/** Records a file that is to go out; once, under its operation id. */
export async function recordOffer(database: Database, { op, room, cause, workspace, offer }: Place): Promise<void> {
  await database.run(OFFER, [op, room, cause, workspace, JSON.stringify(offer)]);
}

export async function findFileOut(database: Database, op: OpId): Promise<FileOut | null> {
  return (await database.run<FileOut>(FIND, [op]))[0] ?? null;
}

/** Where it will be uploaded; what was reserved first holds. */
export async function reserveUpload(
  database: Database,
  op: OpId,
  references: { readonly reference?: string; readonly thumbnail?: string },
): Promise<Pick<FileOut, 'reference' | 'thumbnail'>> {
  const values = [op, references.reference ?? null, references.thumbnail ?? null];
  const [row] = await database.run<Pick<FileOut, 'reference' | 'thumbnail'>>(RESERVE, values);
  return row ?? { reference: null, thumbnail: null };
}

export async function recordUploaded(database: Database, op: OpId, result: Uploaded): Promise<void> {
  await database.run(FINISH, [op, 'uploaded', JSON.stringify(result)]);
}

export async function recordRefused(database: Database, op: OpId, result: Refused): Promise<void> {
  await database.run(FINISH, [op, 'refused', JSON.stringify(result)]);
}

/** For retention: files that are uploaded or refused, of turns that have ended. */
export const OLD_FILES_OUT = { table: 'file_out', age: 'created_at', when: "t.state <> 'offered'", items: ['cause'] };

/** Records which content an offered file is sent with, where nobody has said it yet. @returns the hash that holds. */
export async function sealOffer(database: Database, op: OpId, sha256: string): Promise<string | undefined> {
  return (await database.run<{ sha256: string }>(SEAL, [op, sha256]))[0]?.sha256;
}
