import { linkChild } from '../../../shared/matrix/rooms.ts';
import { findPerson } from '../../../shared/store/people.ts';
import { seeRoom } from '../rooms/see-room.ts';
import type { Mend } from './mending.ts';
import type { MendingOf } from './read-action.ts';

/** A conversation in use stands in its owner's Space. One that stands there is left as it is, also in what a person ordered. */
export const link: Mend<MendingOf<'link'>> = async ({ space, room }, { owner }, parts) => {
  const { http, self, database } = parts;
  if ((await findPerson(database, owner))?.spaceId !== space) return [];
  const own = (await seeRoom(room, parts))?.own;
  if (own?.kind !== 'chat' || own.owner !== owner || own.state !== 'active') return [];
  const seen = await seeRoom(space, parts);
  if (seen && !seen.children.includes(room)) await linkChild(http, space, room, self);
  return [];
};
