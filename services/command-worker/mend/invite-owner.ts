import { invite } from '../../../shared/matrix/rooms.ts';
import { seeRoom } from '../rooms/see-room.ts';
import type { Mend } from './mending.ts';
import type { MendingOf } from './read-action.ts';

/** The invitation that a creation did not come to. Whoever was in the room, or did not want to be, is left in peace. */
export const inviteOwner: Mend<MendingOf<'invite'>> = async ({ room }, { owner }, parts) => {
  const seen = await seeRoom(room, parts);
  if (seen?.own?.owner === owner && seen.memberships[owner] === undefined) await invite(parts.http, room, owner);
  return [];
};
