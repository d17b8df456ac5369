import type { EventId, OpId, RoomId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** A message of ours that streams. It is reserved before its first PUT; `id` is null until that PUT was answered. */
export type LiveMessage = {
  readonly op: OpId;
  readonly part: number;
  readonly id: EventId | null;
  readonly edits: number;
  readonly ageMs: number;
};

/** Reserved only by the one who holds the lane: a worker that lost its lease in between opens no message. */
const RESERVE = {
  name: 'live_reserve',
  text: `INSERT INTO live_message (op, room_id, in_response_to, part, edits, epoch)
         SELECT $1, $2, $3, $4, $5, $7 FROM lane WHERE lane_id = $6 AND epoch = $7 AND holder IS NOT NULL
         ON CONFLICT (op) DO UPDATE SET epoch = excluded.epoch RETURNING op`,
};
const OPENED = { name: 'live_opened', text: 'UPDATE live_message SET event_id = $2 WHERE op = $1' };
const EDITS = { name: 'live_edits', text: 'UPDATE live_message SET edits = $2 WHERE op = $1' };

/** For retention: reservations of turns that have ended. */
export const OLD_LIVE_MESSAGES = { table: 'live_message', age: 'created_at', items: ['in_response_to'] };

/** @returns false where the lane is no longer held with this epoch: then nothing may be sent. */
export async function reserveLiveMessage(
  database: Database,
  message: { op: OpId; roomId: RoomId; cause: EventId; part: number; edits: number; lane: string; epoch: number },
): Promise<boolean> {
  const { op, roomId, cause, part, edits, lane, epoch } = message;
  return (await database.run(RESERVE, [op, roomId, cause, part, edits, lane, epoch])).length > 0;
}

export async function recordOpened(database: Database, op: OpId, eventId: EventId): Promise<void> {
  await database.run(OPENED, [op, eventId]);
}

/** Edits are counted in blocks, ahead of their use, so that the cap holds over a crash without a statement for each edit. */
export async function reserveEdits(database: Database, op: OpId, edits: number): Promise<void> {
  await database.run(EDITS, [op, edits]);
}
