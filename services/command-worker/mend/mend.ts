import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { UserId } from '../../../shared/ids/ids.ts';
import type { LaneItem, Send } from '../../../shared/lane/lane.ts';
import type { MendItem, WorkItem } from '../../../shared/matrix/work-item.ts';
import { claim } from './claim.ts';
import { follow } from './follow.ts';
import { inviteOwner } from './invite-owner.ts';
import { leaveSpace } from './leave-space.ts';
import { link } from './link.ts';
import type { Mend, MendParts } from './mending.ts';
import { type Mending, type MendingOf, readAction } from './read-action.ts';
import { stop } from './stop.ts';
import { tellPower } from './tell-power.ts';
import { unlink } from './unlink.ts';

const MENDS: { readonly [Do in Mending['do']]: Mend<MendingOf<Do>> } = {
  link,
  unlink,
  leave_space: leaveSpace,
  invite: inviteOwner,
  claim,
  follow,
  tell_power: tellPower,
  stop,
};

/**
 * Mends one thing that a comparison of Matrix with the record has found. Nobody has asked for it: what cannot be done is
 * logged, and the next comparison finds it again.
 */
export async function mend(item: LaneItem<WorkItem>, about: MendItem, parts: MendParts): Promise<Send[]> {
  const mending = readAction(about.mend);
  const { room, sender: owner, event } = about;
  if (typeof mending === 'string' || ownerIn(mending, owner) !== owner) {
    parts.log.warn(
      { room, event, mend: about.mend, problem: mending },
      'something that is to be mended was not understood',
    );
    return [];
  }
  try {
    // The table's types say that each kind goes to its own; that it is looked up by the same word, TypeScript cannot see.
    return await (MENDS[mending.do] as Mend<Mending>)(mending, { item, about, owner }, parts);
  } catch (error) {
    if (!(error instanceof SurfacesError)) throw error;
    if (error.disposition !== 'permanent') throw error;
    parts.log.warn({ err: error, room, mend: mending.do }, 'something could not be mended');
    return [];
  }
}

/** Whom an action names must be whose lane it is in. */
function ownerIn(mending: Mending, otherwise: UserId): UserId {
  if (mending.do === 'invite') return mending.person;
  return 'owner' in mending ? mending.owner : otherwise;
}
