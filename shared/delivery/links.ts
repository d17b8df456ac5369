import type { RoomId, UserId } from '../ids/ids.ts';

/**
 * A matrix.to link to a room, which clients show as a pill. The server that is known to be in the room stands as `via`,
 * since a room id alone routes nowhere (Matrix specification, appendices, “Routing”).
 */
export function roomLink(room: RoomId, member: UserId): string {
  const server = member.slice(member.indexOf(':') + 1);
  return `https://matrix.to/#/${encodeURIComponent(room)}?via=${encodeURIComponent(server)}`;
}
