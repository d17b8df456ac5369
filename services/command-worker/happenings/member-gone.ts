import { laneOf } from '../../../shared/ids/ids.ts';
import type { LaneItem, Send } from '../../../shared/lane/lane.ts';
import type { MembershipItem, WorkItem } from '../../../shared/matrix/work-item.ts';
import { removeGuest } from '../../../shared/store/guests.ts';
import { findRoom } from '../../../shared/store/rooms.ts';
import type { CommandParts } from '../command.ts';

/**
 * Somebody is in a room no more. A guest who goes is no guest any more; when the owner goes, what runs or waits there is
 * stopped, and nothing is said into an empty room. The room stays theirs: who invites the bot again is let in again.
 */
export async function memberGone(
  item: LaneItem<WorkItem>,
  { room: roomId, sender, user, membership }: MembershipItem,
  { self, database, stopWork, log }: CommandParts,
): Promise<Send[]> {
  if (user === self) {
    log.info({ room: roomId, by: sender, membership }, 'the bot was put out of a room');
    return [];
  }
  const room = await findRoom(database, roomId);
  if (room?.kind !== 'chat') return [];
  if (user !== room.owner) await removeGuest(database, roomId, user);
  else await stopWork({ lane: laneOf.room(roomId), before: item.position, what: 'all', key: item.key });
  return [];
}
