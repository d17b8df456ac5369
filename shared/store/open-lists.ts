import type { RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** What a number of a list stands for. */
export type ListEntry = { readonly id: string; readonly name: string };
/** The command that showed it, and that knows what to do with a pick. */
export type ListKind = 'rooms' | 'restore' | 'load' | 'files' | 'agent';
export type OpenList = { readonly kind: ListKind; readonly entries: readonly ListEntry[] };

const SHOW = {
  name: 'list_show',
  text: `INSERT INTO open_list AS l (room_id, person, kind, position, entries, expires_at)
         VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')
         ON CONFLICT (room_id, person) DO UPDATE SET kind = excluded.kind, position = excluded.position, entries = excluded.entries,
           expires_at = excluded.expires_at WHERE l.position <= excluded.position`,
};
const FIND = {
  name: 'list_find',
  text: `SELECT kind, entries FROM open_list WHERE room_id = $1 AND person = $2 AND position < $3`,
};

/** A list is open from now on, in the place of any other of this person in this room; a later one stays. */
export async function showList(
  database: Database,
  list: OpenList & {
    readonly room: RoomId;
    readonly person: UserId;
    /** The place of its command in the order of everything. */
    readonly position: number;
    readonly ttlMs: number;
  },
): Promise<void> {
  const { room, person, kind, position, entries, ttlMs } = list;
  await database.run(SHOW, [room, person, kind, position, JSON.stringify(entries), Math.round(ttlMs)]);
}

/** The list that a number at this position picks from; whether it was open then was decided when the number came up. */
export async function findList(
  database: Database,
  number: { readonly room: RoomId; readonly person: UserId; readonly position: number },
): Promise<OpenList | null> {
  return (await database.run<OpenList>(FIND, [number.room, number.person, number.position]))[0] ?? null;
}
