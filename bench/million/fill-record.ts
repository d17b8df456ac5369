import type { Connection } from '../../shared/store/postgres.ts';
import { IDS_SQL, LAST_WORDS_SQL, MESSAGE_SQL, PEOPLE, ROOMS } from './message-shape.ts';

/** The days over which the messages are spread. */
export const DAYS = 30;
const BATCH = 50_000;

/** Message `n` is the (n / ROOMS + 1)th of room n % ROOMS; $1 messages in all, of which $2 to $3 are made. */
const MESSAGES = `
WITH message AS MATERIALIZED (
  SELECT ${IDS_SQL}, n / ${ROOMS} + 1 AS seq, now() - (($1 - n)::float8 / $1) * interval '${DAYS} days' AS at
    FROM generate_series($2::int, $3::int) n
), items AS (
  INSERT INTO lane_item (key, lane_id, seq, position, queue, body, received_at)
  SELECT event, 'room/' || room, seq, n + 1, 'turns', ${MESSAGE_SQL}, at FROM message
), sends AS (
  INSERT INTO lane_send (op, lane_id, seq, ordinal, epoch, body, created_at, sent_at)
  SELECT op || '.final', 'room/' || room, seq, 1, seq, ${LAST_WORDS_SQL}, at, at FROM message
)
INSERT INTO live_message (op, room_id, in_response_to, part, event_id, edits, epoch, created_at)
SELECT op, room, event, 1, reply, 10, seq, at FROM message`;

/** Rooms, and their lanes, which have done all their $1 messages. */
const ROOMS_WITH_LANES = `
WITH room_of AS MATERIALIZED (SELECT ${IDS_SQL} FROM generate_series(0, ${ROOMS - 1}) n
), people AS (
  INSERT INTO person (user_id, space_id, dm_room_id, writes) SELECT owner, '!space' || n, '!dm' || n, 'en' FROM room_of WHERE n < ${PEOPLE}
), rooms AS (
  INSERT INTO room (room_id, kind, owner, session_id, name, named_by, op, last_turn_at)
  SELECT room, 'chat', owner, 'session ' || op, 'The figures of last week', 'question', op, now() FROM room_of
), lanes AS (
  INSERT INTO lane (lane_id, done_seq, epoch, done_epoch, started_seq) SELECT 'room/' || room, $1, $1, $1, $1 FROM room_of
)
INSERT INTO lane_seq (lane_id, last_seq) SELECT 'room/' || room, $1 FROM room_of`;

/**
 * Makes a record as after real use: rooms, and for each message its item, its answer that was said, and the reservation of
 * the answer's message; oldest first, with the indexes there, so that these are as full as in real use.
 */
export async function fillRecord(connection: Connection, messages: number, say: (text: string) => void): Promise<void> {
  await connection.query("SET statement_timeout = 0; SET synchronous_commit = off; SET work_mem = '64MB'");
  await connection.query(ROOMS_WITH_LANES, [messages / ROOMS]);
  for (let from = 0; from < messages; from += BATCH) {
    if (from % 250_000 === 0 && from > 0) say(`${from.toLocaleString('en')} messages are in`);
    await connection.query(MESSAGES, [messages, from, Math.min(from + BATCH, messages) - 1]);
  }
  await connection.query('VACUUM ANALYZE');
}
