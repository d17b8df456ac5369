import type { RoomId, UserId } from '../ids/ids.ts';
import { type MatrixHttp, path } from './http.ts';
import { isRefusal } from './http-error.ts';
import { ROOM_TYPE, type RoomState, readRoomState } from './room-state.ts';
import { joinedRooms } from './rooms.ts';

export type OwnRoom = { readonly roomId: RoomId; readonly state: RoomState };

/** One request a room, about 1 ms of the homeserver: seconds for thousands of rooms, and room for everybody else. */
const AT_ONCE = 16;

/**
 * The rooms that the bot is in and made, by our state in them: what is asked where a createRoom's outcome is unknown, and
 * where the database was lost.
 */
export async function findOwnRooms(
  http: MatrixHttp,
  self: UserId,
  predicate: (room: OwnRoom) => boolean = () => true,
  among?: readonly RoomId[],
): Promise<OwnRoom[]> {
  const rooms = among ?? (await joinedRooms(http));
  const found: OwnRoom[] = [];
  const queue = rooms.values();
  const look = async () => {
    for (const roomId of queue) {
      const state = await ownState(http, roomId, self);
      if (state && predicate({ roomId, state })) found.push({ roomId, state });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, look));
  return found.sort((one, other) => rooms.indexOf(one.roomId) - rooms.indexOf(other.roomId));
}

/** Our state of one room; undefined where there is none, or somebody else wrote it. */
export async function ownState(http: MatrixHttp, room: RoomId, self: UserId): Promise<RoomState | undefined> {
  try {
    // `format=event` is what tells who sent it; Synapse and Dendrite know it.
    const event = await http.request<unknown>({
      kind: 'state_event',
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/state/${ROOM_TYPE}/`,
      query: { format: 'event' },
      retries: 4,
    });
    return readRoomState(event, self);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
