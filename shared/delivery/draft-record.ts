import type { EventId, LaneId, OpId, RoomId } from '../ids/ids.ts';
import { recordOpened, reserveEdits, reserveLiveMessage } from '../store/live-messages.ts';
import type { Database } from '../store/postgres.ts';

/** What an earlier worker of the same turn left in the record. */
export type Begun = {
  readonly op: string;
  readonly part: number;
  readonly id: string | null;
  readonly edits: number;
  readonly ageMs: number;
};

/** The record of messages that stream, bound to one turn of one lane's holder. */
export type DraftRecord = {
  /** Before a message's first post. @returns false where another worker holds the lane now: then nothing may be said. */
  reserve(op: string, part: number, edits: number): Promise<boolean>;
  opened(op: string, id: string): Promise<void>;
  reserveEdits(op: string, edits: number): Promise<void>;
};

/** The record of one turn's messages, fenced by the epoch of the lane's lease. */
export function draftRecord(
  database: Database,
  turn: { readonly room: RoomId; readonly cause: EventId; readonly lane: string; readonly epoch: number },
): DraftRecord {
  const { room: roomId, cause, lane, epoch } = turn;
  return {
    reserve: (op, part, edits) =>
      reserveLiveMessage(database, { op: op as OpId, roomId, cause, part, edits, lane: lane as LaneId, epoch }),
    opened: (op, id) => recordOpened(database, op as OpId, id as EventId),
    reserveEdits: (op, edits) => reserveEdits(database, op as OpId, edits),
  };
}
