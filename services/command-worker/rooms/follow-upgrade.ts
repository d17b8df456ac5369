import type { RoomId } from '../../../shared/ids/ids.ts';
import { isRefusal } from '../../../shared/matrix/http-error.ts';
import { ownState } from '../../../shared/matrix/own-rooms.ts';
import { ROOM_TYPE } from '../../../shared/matrix/room-state.ts';
import { joinRoom, linkChild, putState, unlinkChild } from '../../../shared/matrix/rooms.ts';
import { findPerson } from '../../../shared/store/people.ts';
import { moveRoom } from '../../../shared/store/rooms.ts';
import type { CommandParts } from '../command.ts';

/**
 * A room was upgraded: the conversation goes on in its successor, with owner and session, where the bot may enter and
 * write its state. Every step may be repeated. @returns whether it could.
 */
export async function followUpgrade(
  room: RoomId,
  successor: RoomId,
  { database, http, self, log }: Pick<CommandParts, 'database' | 'http' | 'self' | 'log'>,
): Promise<boolean> {
  const state = await ownState(http, room, self);
  if (!state) return false;
  try {
    await joinRoom(http, successor);
    await putState(http, successor, ROOM_TYPE, '', { ...state });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.warn({ err: error, room, successor }, 'a room was replaced by one in which the bot may not go on');
    return false;
  }
  const owner = await findPerson(database, state.owner);
  if (owner?.spaceId && state.kind === 'chat') {
    await linkChild(http, owner.spaceId, successor, self);
    await unlinkChild(http, owner.spaceId, room);
  }
  await moveRoom(database, room, successor);
  return true;
}
