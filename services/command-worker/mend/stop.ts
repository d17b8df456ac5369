import { laneOf } from '../../../shared/ids/ids.ts';
import { seeRoom } from '../rooms/see-room.ts';
import type { Mend } from './mending.ts';
import type { MendingOf } from './read-action.ts';

/** The owner is away: what runs or waits in their room is stopped, whenever it came; nothing is said into an empty room. */
export const stop: Mend<MendingOf<'stop'>> = async ({ room }, { owner, item }, parts) => {
  const seen = await seeRoom(room, parts);
  const membership = seen?.memberships[owner];
  const isAway = membership === 'leave' || membership === 'ban';
  // The item itself stands before everything that came by /sync, so its place says nothing here.
  const before = Number.MAX_SAFE_INTEGER;
  if (seen?.own?.owner === owner && isAway)
    await parts.stopWork({ lane: laneOf.room(room), before, what: 'all', key: item.key });
  return [];
};
