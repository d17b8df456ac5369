import type { UserId } from '../../shared/ids/ids.ts';

/** Synapse gives no more than 100 events of a room, whatever is asked for; what is beyond is fetched by fill-gap.ts. */
const TIMELINE_LIMIT = 100;
const NOTHING = { types: [] as string[] };
export const TIMELINE_TYPES = [
  'm.room.message',
  'm.room.encrypted',
  'm.room.redaction',
  'm.room.member',
  'm.room.name',
  'm.room.encryption',
  'm.room.tombstone',
];

/**
 * What a page of /sync is to hold. Our own events stay away: while answers stream they are nearly all there is, and the
 * homeserver's work on them would be lost. `m.room.create` in the state is what tells a newly joined room.
 */
export function syncFilter(self: UserId): string {
  return JSON.stringify({
    presence: NOTHING,
    account_data: NOTHING,
    room: {
      ephemeral: NOTHING,
      account_data: NOTHING,
      state: { types: ['m.room.create'], lazy_load_members: true },
      timeline: { types: TIMELINE_TYPES, limit: TIMELINE_LIMIT, not_senders: [self], lazy_load_members: true },
    },
  });
}

/**
 * For the first look: a token, and the invitations that wait. 2.7 ms of Synapse for each joined room (measured).
 * @param now milliseconds: a type of event that there is not makes each call a question of its own, because Synapse keeps
 *   the answers of first syncs for some minutes, and a token of then would have what was answered since come again.
 */
export function coldFilter(now: number): string {
  const timeline = { types: [`dev.surfaces.asked.${now}`], limit: 1 };
  return JSON.stringify({
    presence: NOTHING,
    account_data: NOTHING,
    room: { ephemeral: NOTHING, account_data: NOTHING, state: NOTHING, timeline },
  });
}
