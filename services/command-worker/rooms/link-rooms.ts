import type { RoomId, UserId } from '../../../shared/ids/ids.ts';
import type { MatrixHttp } from '../../../shared/matrix/http.ts';
import { linkChild } from '../../../shared/matrix/rooms.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { chatsOf } from '../../../shared/store/rooms.ts';

/** Puts all conversations that a person has in use into a Space: into a new one, those that were in the old one. */
export async function linkRooms(
  owner: UserId,
  space: RoomId,
  { database, http, self }: { readonly database: Database; readonly http: MatrixHttp; readonly self: UserId },
): Promise<void> {
  for (const { roomId, state } of await chatsOf(database, owner))
    if (state === 'active') await linkChild(http, space, roomId, self);
}
