import type { EventId, RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** One item of a room's lane, and how it was answered. Of what was written only how long it is. */
export type PastTurn = {
  readonly event: EventId;
  readonly room: RoomId;
  readonly sender: UserId;
  /** As its body calls itself: `message`, `command`, … */
  readonly type: string;
  readonly seq: number;
  readonly receivedAt: Date;
  readonly done: boolean;
  /** It is at the head and has begun. */
  readonly begun: boolean;
  /** Of what was said last about it; null where nothing was. */
  readonly state: string | null;
  readonly code: string | null;
  readonly failure: string | null;
  readonly saidAt: Date | null;
  readonly sentAt: Date | null;
};

const COLUMNS = `i.key AS event, i.body->>'room' AS room, i.body->>'sender' AS sender, i.body->>'type' AS type, i.seq,
  i.received_at AS "receivedAt", coalesce(l.done_seq >= i.seq, false) AS done, coalesce(l.started_seq = i.seq AND l.done_seq < i.seq, false) AS begun,
  said.state, said.code, said.failure, said.at AS "saidAt", said.sent_at AS "sentAt"`;
/** An answer before whatever else was said. */
const SAID = `LEFT JOIN LATERAL (
    SELECT d.body->'say'->>'state' AS state, d.body->'say'->>'code' AS code, d.failure, d.created_at AS at, d.sent_at
      FROM lane_send d WHERE d.lane_id = i.lane_id AND d.seq = i.seq
     ORDER BY d.body->'say'->>'type' = 'answer' DESC, d.ordinal DESC LIMIT 1) said ON true`;
const OF_ROOM = {
  name: 'turns_of_room',
  text: `SELECT ${COLUMNS} FROM lane_item i LEFT JOIN lane l ON l.lane_id = i.lane_id ${SAID}
          WHERE i.lane_id = 'room/' || $1 AND i.kept_for IS NULL ORDER BY i.seq DESC LIMIT $2`,
};
/** Of each of the rooms used last the newest items are looked at, whoever they are of. */
const OF_PERSON = {
  name: 'turns_of_person',
  text: `WITH rooms AS MATERIALIZED (
      SELECT room_id FROM (
        SELECT room_id, last_turn_at FROM room WHERE owner = $1 AND kind = 'chat'
        UNION SELECT r.room_id, r.last_turn_at FROM guest g JOIN room r ON r.room_id = g.room_id WHERE g.user_id = $1) theirs
       ORDER BY last_turn_at DESC NULLS LAST LIMIT 20
    ), items AS MATERIALIZED (
      SELECT n.* FROM rooms CROSS JOIN LATERAL (
        SELECT * FROM lane_item WHERE lane_id = 'room/' || room_id AND kept_for IS NULL ORDER BY seq DESC LIMIT 20) n
       WHERE n.body->>'sender' = $1 ORDER BY n.received_at DESC LIMIT $2)
    SELECT ${COLUMNS} FROM items i LEFT JOIN lane l ON l.lane_id = i.lane_id ${SAID} ORDER BY i.received_at DESC`,
};

/** The last turns and commands of a room, the newest first. */
export async function turnsOfRoom(database: Database, room: RoomId, most: number): Promise<PastTurn[]> {
  return database.run<PastTurn>(OF_ROOM, [room, most]);
}

/** A person's last turns, the newest first, among the newest of the rooms that they used last. */
export async function turnsOfPerson(database: Database, person: UserId, most: number): Promise<PastTurn[]> {
  return database.run<PastTurn>(OF_PERSON, [person, most]);
}
