import type { RoomId } from '../../../shared/ids/ids.ts';
import { isRefusal } from '../../../shared/matrix/http-error.ts';
import { ownState } from '../../../shared/matrix/own-rooms.ts';
import { ROOM_TYPE } from '../../../shared/matrix/room-state.ts';
import { joinRoom, linkChild, putState, unlinkChild } from '../../../shared/matrix/rooms.ts';
import { changeSpace, findPerson } from '../../../shared/store/people.ts';
import { moveRoom } from '../../../shared/store/rooms.ts';
import type { CommandParts } from '../command.ts';
import { linkRooms } from './link-rooms.ts';

/** `refused`: the bot may not enter, or not do its work there. `not_ours`: the old room has no state of ours. */
export type Followed = 'followed' | 'refused' | 'not_ours';

/**
 * A room was upgraded: the conversation goes on in its successor, with owner and session, where the bot may enter and
 * write its state. What is said there of it already stays as it is. Every step may be repeated.
 */
export async function followUpgrade(
  room: RoomId,
  successor: RoomId,
  { database, http, self, log }: Pick<CommandParts, 'database' | 'http' | 'self' | 'log'>,
): Promise<Followed> {
  const state = await ownState(http, room, self);
  if (!state) return 'not_ours';
  try {
    await joinRoom(http, successor);
    const there = await ownState(http, successor, self);
    // Another conversation lives there, perhaps somebody else's: nobody gets into it by pointing to it.
    if (there && there.op !== state.op) return 'refused';
    if (!there) await putState(http, successor, ROOM_TYPE, '', { ...state });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.warn({ err: error, room, successor }, 'a room was replaced by one in which the bot may not go on');
    return 'refused';
  }
  const spaceId = (await findPerson(database, state.owner))?.spaceId;
  if (spaceId && state.kind === 'chat') {
    await linkChild(http, spaceId, successor, self);
    await unlinkChild(http, spaceId, room);
  }
  if (state.kind === 'space') {
    await linkRooms(state.owner, successor, { database, http, self });
    await changeSpace(database, room, successor);
  }
  await moveRoom(database, room, successor);
  return 'followed';
}
