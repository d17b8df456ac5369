import { type EventId, laneOf, opId, type RoomId, type UserId } from '../../shared/ids/ids.ts';
import type { GapItem } from '../../shared/matrix/gap-item.ts';
import type { PageContents } from './page-contents.ts';

/**
 * What could not be fetched of a room: the record keeps why, and the room is told, as work of its lane, so that it is told
 * once whoever is killed.
 * @param token before the gap: the same gap has the same keys.
 */
export function gapIn(
  room: RoomId,
  token: string,
  why: string,
  { sender, now }: { readonly sender: UserId; readonly now: number },
): { readonly item: PageContents['items'][number]; readonly reject: PageContents['rejects'][number] } {
  const name = opId('gap', room, token);
  const lane = laneOf.room(room);
  const event = `$gap-${name}` as EventId;
  const body: GapItem = { v: 1, type: 'gap', room, sender, event, originTs: now, receivedTs: now };
  return {
    item: { key: event, lane, queue: 'turns', body },
    reject: { key: `gap-${name}`, lane, reason: `gap: ${why}` },
  };
}
