import { roomLink } from '../../../shared/delivery/links.ts';
import { ownState } from '../../../shared/matrix/own-rooms.ts';
import { leaveRoom } from '../../../shared/matrix/rooms.ts';
import { findPerson } from '../../../shared/store/people.ts';
import { markGone } from '../../../shared/store/reconciliation.ts';
import { recordState } from '../../../shared/store/rooms.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import { changeOwnState } from '../rooms/change-own-state.ts';
import { seeRoom } from '../rooms/see-room.ts';
import type { Mend } from './mending.ts';
import type { MendingOf } from './read-action.ts';
import { tellOwner } from './tell-owner.ts';

/**
 * A second Space is left, once no conversation of its owner stands in it. Our state in it says so first: were the database
 * lost and the bot invited there again, it would not be taken for the person's Space.
 */
export const leaveSpace: Mend<MendingOf<'leave_space'>> = async ({ space, kept }, call, parts) => {
  const { owner } = call;
  const { http, self, database } = parts;
  if (kept === space || (await findPerson(database, owner))?.spaceId !== kept) return [];
  const seen = await seeRoom(space, parts);
  if (seen) {
    if (seen.own?.kind !== 'space' || seen.own.owner !== owner) return [];
    for (const child of seen.children) if (await isTheirs(child)) return [];
    await changeOwnState(http, self, space, { state: 'archived' });
    await recordState(database, space, 'archived');
    await leaveRoom(http, space);
  } else if ((await ownState(http, space, self))?.state !== 'archived') {
    // It was not this that left it.
    return [];
  }
  await markGone(database, [space]);
  return tellOwner(call, { room: space, code: 'space_left' }, parts, async (language) =>
    say(language, 'space_left', {
      space: (await seeRoom(kept, parts))?.name?.value ?? sayPlain(language, 'space_without_name'),
      space_link: roomLink(kept, self),
    }),
  );

  async function isTheirs(room: typeof space): Promise<boolean> {
    const own = (await seeRoom(room, parts))?.own;
    return own?.kind === 'chat' && own.owner === owner;
  }
};
