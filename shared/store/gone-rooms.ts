import type { RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** A conversation that the bot was removed from: kept, and to be told of. */
export type GoneRoom = { readonly roomId: RoomId; readonly name: string | null };

/** What one message tells of; the next command tells the rest. */
const MOST_AT_ONCE = 10;

const LAST_SPACE = {
  name: 'room_gone_space',
  text: `SELECT room_id AS "roomId" FROM room WHERE owner = $1 AND kind = 'space' AND gone_at IS NOT NULL ORDER BY gone_at DESC LIMIT 1`,
};
/** Each time that a room goes is one of its own, which its moment names; told already by another event: not again. */
const TELL = {
  name: 'room_tell_gone',
  text: `WITH gone AS (
           SELECT r.room_id, r.name, r.gone_at, 'gone ' || extract(epoch FROM r.gone_at) AS code FROM room r
            WHERE r.owner = $1 AND r.kind = 'chat' AND r.gone_at IS NOT NULL AND ($3::text IS NULL OR r.room_id = $3)
         ), untold AS (
           SELECT * FROM gone g WHERE NOT EXISTS (
             SELECT FROM told t WHERE t.scope = g.room_id AND t.person = $1 AND t.code = g.code AND t.key <> $2)
            ORDER BY gone_at, room_id LIMIT ${MOST_AT_ONCE}
         ), fresh AS (
           INSERT INTO told (scope, person, code, key) SELECT room_id, $1, code, $2 FROM untold ON CONFLICT DO NOTHING
         )
         SELECT room_id AS "roomId", name FROM untold ORDER BY gone_at, room_id`,
};

/** The Space that a person lost last; null where they never lost one. */
export async function lastGoneSpace(database: Database, owner: UserId): Promise<RoomId | null> {
  return (await database.run<{ roomId: RoomId }>(LAST_SPACE, [owner]))[0]?.roomId ?? null;
}

/**
 * Conversations of a person that are gone, and of which they are told now, because of event `key`: each once, ten at most.
 * The same event, run again after a crash, tells of the same. With `only`, of this one alone.
 */
export async function goneToTell(
  database: Database,
  owner: UserId,
  key: string,
  only: RoomId | null = null,
): Promise<GoneRoom[]> {
  return database.run<GoneRoom>(TELL, [owner, key, only]);
}
