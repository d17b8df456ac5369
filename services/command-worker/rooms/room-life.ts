import { isRefusal } from '../../../shared/matrix/http-error.ts';
import { invite, linkChild, unlinkChild } from '../../../shared/matrix/rooms.ts';
import { findPerson } from '../../../shared/store/people.ts';
import type { Room } from '../../../shared/store/rooms.ts';
import { recordState } from '../../../shared/store/rooms.ts';
import { closeSession } from '../agent/close-session.ts';
import type { CommandParts, RoomCall } from '../command.ts';
import { changeOwnState } from './change-own-state.ts';

type Parts = Pick<CommandParts, 'database' | 'http' | 'self' | 'agent' | 'log'>;

/**
 * Puts a conversation away: our state says so, it leaves the Space's list, and the agent frees what it held. The room, its
 * members and the context stay; the bot does not leave. Every step may be repeated.
 */
export async function archiveRoom(room: RoomCall['room'], parts: Parts): Promise<void> {
  const { database, http, self } = parts;
  await changeOwnState(http, self, room.roomId, { state: 'archived' });
  const owner = await findPerson(database, room.owner);
  if (owner?.spaceId) await unlinkChild(http, owner.spaceId, room.roomId);
  await recordState(database, room.roomId, 'archived');
  await closeSession(room, parts);
}

/** Brings a conversation back, with its context, and its owner with it. Every step may be repeated. */
export async function restoreRoom(room: Room, { database, http, self, log }: Parts): Promise<void> {
  await changeOwnState(http, self, room.roomId, { state: 'active' });
  const owner = await findPerson(database, room.owner);
  if (owner?.spaceId) await linkChild(http, owner.spaceId, room.roomId, self);
  await recordState(database, room.roomId, 'active');
  await inviteAgain(room, { http, log });
}

/** An owner who left is invited again; one who cannot be invited, is left in peace. */
export async function inviteAgain(
  { roomId, owner }: Pick<Room, 'roomId' | 'owner'>,
  { http, log }: Pick<Parts, 'http' | 'log'>,
): Promise<void> {
  try {
    await invite(http, roomId, owner);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.info({ err: error, room: roomId }, 'a person could not be invited');
  }
}
