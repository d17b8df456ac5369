import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { RoomId, UserId } from '../../../shared/ids/ids.ts';
import type { MatrixHttp } from '../../../shared/matrix/http.ts';
import { ownState } from '../../../shared/matrix/own-rooms.ts';
import { ROOM_TYPE, type RoomState } from '../../../shared/matrix/room-state.ts';
import { putState } from '../../../shared/matrix/rooms.ts';

/**
 * Changes what our state event in a room says; it is the authority, so it comes before the record. The same change again
 * changes nothing.
 * @throws SurfacesError `matrix_refused` where the room has no state of ours, or the homeserver does not let us.
 */
export async function changeOwnState(
  http: MatrixHttp,
  self: UserId,
  room: RoomId,
  change: Partial<Pick<RoomState, 'state' | 'session_id'>>,
): Promise<void> {
  const state = await ownState(http, room, self);
  if (!state) throw new SurfacesError('matrix_refused', 'the room carries no state of ours');
  const changed = { ...state, ...change };
  if (changed.state === state.state && changed.session_id === state.session_id) return;
  await putState(http, room, ROOM_TYPE, '', changed);
}
