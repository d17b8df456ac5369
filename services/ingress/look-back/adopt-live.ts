import type { RoomId } from '../../../shared/ids/ids.ts';
import type { RunSql } from '../../../shared/lane/lane.ts';
import type { OwnMessage } from './own-messages.ts';

export type AdoptedMessage = OwnMessage & { readonly room: RoomId };

const ADOPT = {
  name: 'live_adopt',
  text: `INSERT INTO live_message (op, room_id, in_response_to, part, event_id, edits, epoch, created_at)
    SELECT DISTINCT ON (t.op) t.op, t.room, t.cause, t.part, t.event, t.edits, 0, to_timestamp(t.ts / 1000.0)
      FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::int[], $7::float8[])
        AS t (op, room, cause, part, event, edits, ts)
    ON CONFLICT (op) DO UPDATE SET event_id = coalesce(live_message.event_id, excluded.event_id)`,
};

/**
 * Messages of ours that stream and that the record does not know: whoever runs their turn finds them and goes on in them,
 * as after a crash. To be called before the turns are handed on; repeated, it changes nothing.
 */
export async function adoptLive(sql: RunSql, messages: readonly AdoptedMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const known = messages.filter(({ inResponseTo }) => inResponseTo !== undefined);
  await sql(ADOPT, [
    known.map(({ op }) => op),
    known.map(({ room }) => room),
    known.map(({ inResponseTo }) => inResponseTo),
    known.map(({ part }) => part),
    known.map(({ eventId }) => eventId),
    known.map(({ edits }) => edits),
    // A time of the homeserver's that no clock can hold would be refused.
    known.map(({ originTs }) => Math.min(Math.max(originTs, 0), Date.now())),
  ]);
}
