import type { RoomState } from '../../matrix/room-state.ts';
import type { SeenRoom } from '../facts.ts';

/** A room with our own state in it. */
export type OwnedRoom = SeenRoom & { readonly own: RoomState };

export function isOurs(room: SeenRoom): room is OwnedRoom {
  return room.own !== null;
}
