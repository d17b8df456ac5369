import type { EventId, LaneId, OpId, RoomId } from '../ids/ids.ts';
import { recordOpened, reserveEdits, reserveLiveMessage } from '../store/live-messages.ts';
import type { Database } from '../store/postgres.ts';
import type { DraftRecord } from './answer-stream.ts';

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
