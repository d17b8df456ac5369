import type { RoomId, UserId } from '../ids/ids.ts';
import type { MatrixHttp } from '../matrix/http.ts';
import { ownState } from '../matrix/own-rooms.ts';
import { putPerson } from '../store/people.ts';
import type { Database } from '../store/postgres.ts';
import { findRoom, putRoom, type Room } from '../store/rooms.ts';

/**
 * A room that the record does not know, by what Matrix says of it: our own state event in it names owner and session, so
 * that a lost database costs no conversation. Null where the bot did not make the room.
 */
export async function adoptRoom(
  roomId: RoomId,
  { database, http, self }: { readonly database: Database; readonly http: MatrixHttp; readonly self: UserId },
): Promise<Room | null> {
  const state = await ownState(http, roomId, self);
  if (!state) return null;
  const { kind, owner, session_id, state: activity, op } = state;
  await putPerson(database, { userId: owner, ...(kind === 'space' ? { spaceId: roomId } : {}) });
  await putRoom(database, { roomId, kind, owner, sessionId: session_id ?? null, state: activity, name: null }, op);
  return findRoom(database, roomId);
}
