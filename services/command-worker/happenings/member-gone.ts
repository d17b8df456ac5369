import { laneOf } from '../../../shared/ids/ids.ts';
import type { LaneItem, Send } from '../../../shared/lane/lane.ts';
import type { MembershipItem, WorkItem } from '../../../shared/matrix/work-item.ts';
import { removeGuest } from '../../../shared/store/guests.ts';
import { changeSpace } from '../../../shared/store/people.ts';
import { markGone } from '../../../shared/store/reconciliation.ts';
import { findRoom } from '../../../shared/store/rooms.ts';
import type { CommandParts } from '../command.ts';
import { seeRoom } from '../rooms/see-room.ts';

/**
 * Somebody is in a room no more. A guest who goes is no guest any more; when the owner goes, what runs or waits there is
 * stopped, and nothing is said into an empty room. The room stays theirs: who invites the bot again is let in again.
 * When the bot was put out, the room is marked as gone, and its owner told at their next command.
 */
export async function memberGone(
  item: LaneItem<WorkItem>,
  { room: roomId, sender, user, membership }: MembershipItem,
  parts: CommandParts,
): Promise<Send[]> {
  const { self, database, stopWork, log } = parts;
  const stopAll = () => stopWork({ lane: laneOf.room(roomId), before: item.position, what: 'all', key: item.key });
  if (user === self) {
    // It may have been invited again before this came up.
    if (await seeRoom(roomId, parts)) return [];
    log.info({ room: roomId, by: sender, membership }, 'the bot was put out of a room');
    await markGone(database, [roomId]);
    await changeSpace(database, roomId, null);
    await stopAll();
    return [];
  }
  const room = await findRoom(database, roomId);
  if (room?.kind !== 'chat') return [];
  if (user !== room.owner) await removeGuest(database, roomId, user);
  else await stopAll();
  return [];
}
