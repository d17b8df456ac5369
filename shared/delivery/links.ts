import { type RoomId, serverOf, type UserId } from '../ids/ids.ts';

/**
 * A matrix.to link to a room, which clients show as a pill. The server that is known to be in the room stands as `via`,
 * since a room id alone routes nowhere (Matrix specification, appendices, “Routing”).
 */
export function roomLink(room: RoomId, member: UserId): string {
  return `https://matrix.to/#/${encodeURIComponent(room)}?via=${encodeURIComponent(serverOf(member))}`;
}
