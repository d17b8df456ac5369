import { unlinkChild } from '../../../shared/matrix/rooms.ts';
import { findPerson } from '../../../shared/store/people.ts';
import { seeRoom } from '../rooms/see-room.ts';
import type { Mend } from './mending.ts';
import type { MendingOf } from './read-action.ts';

/**
 * A room leaves its owner's Space where it was put into the archive; a second Space, where it stands in the first one or was
 * put away: so no conversation is ever in none.
 */
export const unlink: Mend<MendingOf<'unlink'>> = async ({ space, room }, { owner }, parts) => {
  const { http, database } = parts;
  const kept = (await findPerson(database, owner))?.spaceId ?? null;
  const seen = await seeRoom(space, parts);
  if (!seen?.children.includes(room) || seen.own?.kind !== 'space' || seen.own.owner !== owner) return [];
  const own = (await seeRoom(room, parts))?.own;
  if (own?.kind !== 'chat' || own.owner !== owner) return [];
  const isElsewhere = async () =>
    kept !== null && kept !== space && (await seeRoom(kept, parts))?.children.includes(room);
  if (own.state === 'archived' || (await isElsewhere())) await unlinkChild(http, space, room);
  return [];
};
