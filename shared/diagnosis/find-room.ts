import { asRoomId, type RoomId } from '../ids/ids.ts';
import { type KnownRoom, knownRoom, pageOfRooms } from '../store/known-rooms.ts';
import type { Database } from '../store/postgres.ts';

/** How many are named where several could be meant. */
const MOST = 10;

/** What an argument leads to: the room, or those that could be meant (none: nothing is known of it). */
export type Found = { readonly room: KnownRoom } | { readonly candidates: readonly KnownRoom[] };

/** The room that a person means by an id, a link or a name. One with exactly that name is meant before those that have it in theirs. */
export async function roomMeant(database: Database, text: string): Promise<Found> {
  const id = roomIdIn(text);
  if (id) {
    const room = await knownRoom(database, id);
    return room ? { room } : { candidates: [] };
  }
  const { rooms } = await pageOfRooms(database, { like: text.trim(), limit: 1_000 });
  const named = rooms.filter(({ name }) => name?.toLowerCase() === text.trim().toLowerCase());
  const meant = named.length > 0 ? named : rooms;
  const [only] = meant;
  return only && meant.length === 1 ? { room: only } : { candidates: meant.slice(0, MOST) };
}

/** A room id by itself or in a link: matrix.to, a client’s own (`/#/room/!…`), `matrix:roomid/…`. */
export function roomIdIn(text: string): RoomId | undefined {
  const plain = decoded(text.trim());
  const [, opaque] = /^matrix:roomid\/([^/?]+)/.exec(plain) ?? [];
  const [found] = opaque ? [`!${opaque}`] : (/(?:^|\/)(![^/?\s]+)/.exec(plain)?.slice(1) ?? []);
  if (found === undefined || found.length > 255) return undefined;
  return asRoomId(found);
}

/** A text without its percent signs, where they mean something. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
