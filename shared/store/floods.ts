import type { EventId, LaneId, RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** So many messages of a person are not done yet in a lane. */
export type PendingInLane = { readonly person: UserId; readonly lane: LaneId; readonly pending: number };

const PENDING = {
  name: 'pending_of_people',
  text: `SELECT p.person, i.lane_id AS lane, count(*)::int AS pending
    FROM unnest($1::text[]) AS p (person)
    CROSS JOIN LATERAL (SELECT room_id FROM room WHERE owner = p.person AND kind = 'chat'
                        UNION SELECT room_id FROM guest WHERE user_id = p.person) AS r
    JOIN lane_item i ON i.lane_id = 'room/' || r.room_id
     AND i.seq > coalesce((SELECT done_seq FROM lane l WHERE l.lane_id = 'room/' || r.room_id), 0)
   WHERE i.body->>'type' = 'message' AND i.body->>'sender' = p.person
   GROUP BY p.person, i.lane_id`,
};
const KNOWN = { name: 'known_items', text: 'SELECT key FROM lane_item WHERE key = ANY($1)' };
const RECENT = {
  name: 'recent_floods',
  text: `SELECT DISTINCT ON (person) person, lane_id AS lane FROM flood
          WHERE person = ANY($1) AND said_at > now() - interval '10 minutes' ORDER BY person, said_at DESC`,
};
const FIND = {
  name: 'flood_find',
  text: `SELECT f.event_id AS "eventId", f.room_id AS "roomId", f.cause, f.said::int AS said,
      (extract(epoch FROM now() - f.said_at) * 1000)::int AS "ageMs",
      coalesce((SELECT last_seq FROM lane_seq s WHERE s.lane_id = $1), 0)::int AS refused
    FROM (SELECT 1) one LEFT JOIN flood f ON f.lane_id = $1`,
};
const PUT = {
  name: 'flood_put',
  text: `INSERT INTO flood (lane_id, person, room_id, cause, event_id, said) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (lane_id) DO UPDATE SET said = excluded.said, said_at = now()`,
};

/** For retention: its lane is done long before. */
export const OLD_FLOODS = { table: 'flood', age: 'said_at', when: 'true' };

/** The messages of people that are not done, by lane. Costs by what waits, not by what there is. */
export async function pendingOf(database: Pick<Database, 'run'>, people: readonly UserId[]): Promise<PendingInLane[]> {
  return database.run<PendingInLane>(PENDING, [people]);
}

/** Which of these items the record has already. */
export async function knownItems(database: Pick<Database, 'run'>, keys: readonly string[]): Promise<Set<string>> {
  const rows = await database.run<{ key: string }>(KNOWN, [keys]);
  return new Set(rows.map(({ key }) => key));
}

/** Floods of the last ten minutes, by person: those that may still go on. */
export async function recentFloods(
  database: Pick<Database, 'run'>,
  people: readonly UserId[],
): Promise<Map<UserId, LaneId>> {
  const rows = await database.run<{ person: UserId; lane: LaneId }>(RECENT, [people]);
  return new Map(rows.map(({ person, lane }) => [person, lane]));
}

export type FloodNotice = {
  readonly eventId: EventId;
  readonly roomId: RoomId;
  /** The first message that was refused. */
  readonly cause: EventId;
  /** How many it says were refused, and how long ago that was written. */
  readonly said: number;
  readonly ageMs: number;
};

/** How many messages a flood has had refused, and the notice of it, once there is one. */
export async function findFlood(
  database: Database,
  lane: string,
): Promise<{ readonly refused: number; readonly notice: FloodNotice | null }> {
  const [row] = await database.run<FloodNotice & { eventId: EventId | null; refused: number }>(FIND, [lane]);
  const { refused, ...notice } = row!;
  return { refused, notice: notice.eventId === null ? null : notice };
}

/** Records what the notice of a flood says now. */
export async function putFlood(
  database: Database,
  flood: Pick<FloodNotice, 'eventId' | 'roomId' | 'cause' | 'said'> & {
    readonly lane: string;
    readonly person: UserId;
  },
): Promise<void> {
  const { lane, person, roomId, cause, eventId, said } = flood;
  await database.run(PUT, [lane, person, roomId, cause, eventId, said]);
}
