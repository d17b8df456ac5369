import { followUpgrade } from '../rooms/follow-upgrade.ts';
import { replacedWithoutMe } from '../rooms/replaced-without-me.ts';
import { seeRoom } from '../rooms/see-room.ts';
import type { Mend } from './mending.ts';
import type { MendingOf } from './read-action.ts';

/** A room that was replaced while nobody looked: the conversation goes on in the other one, or its owner is told why not. */
export const follow: Mend<MendingOf<'follow'>> = async ({ room, successor }, { owner, about }, parts) => {
  const seen = await seeRoom(room, parts);
  if (seen?.own?.owner !== owner || seen.successor !== successor) return [];
  if ((await followUpgrade(room, successor, parts)) === 'followed') return [];
  return replacedWithoutMe({ room, successor, owner, event: about.event }, parts);
};
