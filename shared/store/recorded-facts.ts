import type { OpId, RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';
import type { Room } from './rooms.ts';

/** A room as the record has it, with what a comparison with Matrix needs of it. */
export type RoomOnRecord = Pick<Room, 'roomId' | 'kind' | 'owner' | 'sessionId' | 'state' | 'name' | 'namedBy'> & {
  readonly op: OpId | null;
  readonly gone: boolean;
  /** Its lane holds items that are not done. */
  readonly waiting: boolean;
};
export type PersonOnRecord = { readonly userId: UserId; readonly spaceId: RoomId | null };

export type RecordedFacts = {
  readonly rooms: readonly RoomOnRecord[];
  readonly people: readonly PersonOnRecord[];
  /** Events of power levels of which a room's owner was told. */
  readonly told: ReadonlySet<string>;
};

const ROOMS = {
  name: 'reconcile_rooms',
  text: `SELECT r.room_id AS "roomId", r.kind, r.owner, r.session_id AS "sessionId", r.state, r.name, r.named_by AS "namedBy", r.op,
      r.gone_at IS NOT NULL AS gone, coalesce(s.last_seq, 0) > coalesce(l.done_seq, 0) AS waiting
    FROM room r
    LEFT JOIN lane_seq s ON s.lane_id = 'room/' || r.room_id
    LEFT JOIN lane l ON l.lane_id = 'room/' || r.room_id
   ORDER BY r.room_id`,
};
const PEOPLE = {
  name: 'reconcile_persons',
  text: 'SELECT user_id AS "userId", space_id AS "spaceId" FROM person ORDER BY user_id',
};
/** Written by whoever tells them: code `power <event id>`. */
const TOLD = {
  name: 'reconcile_told',
  text: `SELECT DISTINCT substr(code, 7) AS event FROM told WHERE code LIKE 'power %'`,
};

/** Everything that the record knows of rooms and people: three statements, however many there are. */
export async function recordedFacts(database: Database): Promise<RecordedFacts> {
  const rooms = await database.run<RoomOnRecord>(ROOMS);
  const people = await database.run<PersonOnRecord>(PEOPLE);
  const told = await database.run<{ event: string }>(TOLD);
  return { rooms, people, told: new Set(told.map(({ event }) => event)) };
}
