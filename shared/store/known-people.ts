import type { RoomId, UserId } from '../ids/ids.ts';
import { isBlockedSql } from './blocked.ts';
import { BUSY_ROOMS } from './known-rooms.ts';
import type { Person } from './people.ts';
import { type PlaceTime, placeSql, timeSql } from './place-time.ts';
import type { Database } from './postgres.ts';

/** A person of the record with what goes on in the rooms that are theirs. */
export type KnownPerson = Pick<Person, 'userId' | 'language' | 'writes'> & {
  /** Conversations that are not in the archive. */
  readonly rooms: number;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
  readonly blocked: boolean;
  /** Messages in their rooms that are not done, those that run included. */
  readonly waiting: number;
};

/** Where a list goes on: behind this person, who was there last at this time. */
export type PersonPlace = { readonly at: PlaceTime; readonly userId: string };

export type PeopleWanted = {
  /** Part of a user id, in any case. */
  readonly like?: string;
  readonly blocked?: boolean;
  /** Those alone in whose rooms something runs or waits. */
  readonly busy?: boolean;
  readonly limit: number;
  readonly after?: PersonPlace;
};

export type KnownPeople = {
  readonly people: readonly KnownPerson[];
  readonly matching: number;
  /** Absent where there are no more. */
  readonly next?: PersonPlace;
};

const WHERE = `($1::text IS NULL OR strpos(lower(p.user_id), lower($1)) > 0)
  AND ($2::boolean IS NULL OR ${isBlockedSql('p.user_id')} = $2)
  AND (NOT $3 OR p.user_id IN (SELECT owner FROM room WHERE room_id IN ${BUSY_ROOMS}))`;
const LIST = {
  name: 'people_known',
  text: `WITH used AS MATERIALIZED (
      SELECT owner, max(last_turn_at) AS last,
          count(*) FILTER (WHERE kind = 'chat' AND state = 'active' AND gone_at IS NULL) AS rooms
        FROM room GROUP BY owner
    ), matching AS MATERIALIZED (
      SELECT p.*, coalesce(u.rooms, 0) AS rooms, u.last, coalesce(u.last, p.created_at) AS at
        FROM person p LEFT JOIN used u ON u.owner = p.user_id WHERE ${WHERE}
    ), page AS MATERIALIZED (
      SELECT * FROM matching WHERE $4::bigint IS NULL OR at < ${timeSql('$4')} OR (at = ${timeSql('$4')} AND user_id > $5)
       ORDER BY at DESC, user_id LIMIT $6)
    SELECT m.matching, p.user_id AS "userId", p.language, p.writes, p.rooms, p.last AS "lastUsedAt", p.created_at AS "createdAt",
      ${isBlockedSql('p.user_id')} AS blocked, w.waiting, ${placeSql('p.at')} AS place
    FROM (SELECT count(*) AS matching FROM matching) m LEFT JOIN page p ON true CROSS JOIN LATERAL (
      SELECT coalesce(sum(greatest(0, s.last_seq - coalesce(l.done_seq, 0))), 0)::int AS waiting FROM room r
        JOIN lane_seq s ON s.lane_id = 'room/' || r.room_id LEFT JOIN lane l ON l.lane_id = s.lane_id
       WHERE r.owner = p.user_id AND r.kind = 'chat') w
   ORDER BY p.at DESC, p.user_id`,
};
const GUEST_OF = { name: 'guest_of', text: 'SELECT room_id AS "roomId" FROM guest WHERE user_id = $1 LIMIT $2' };

type Row = KnownPerson & { readonly matching: number; readonly place: PlaceTime | null };

/** People of the record, the one who was there last first. */
export async function knownPeople(database: Database, wanted: PeopleWanted): Promise<KnownPeople> {
  const { like = null, blocked = null, busy = false, limit, after } = wanted;
  const values = [like, blocked, busy, after?.at ?? null, after?.userId ?? null, limit + 1];
  const rows = await database.run<Row>(LIST, values);
  const found = rows.filter(({ place }) => place !== null);
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    people: found.slice(0, limit).map(({ matching: _, place: __, ...person }) => person),
    matching: rows[0]?.matching ?? 0,
    ...(last && { next: { at: last.place!, userId: last.userId } }),
  };
}

/** Rooms of others in which a person may ask the agent. */
export async function guestOf(database: Database, user: UserId, most: number): Promise<RoomId[]> {
  return (await database.run<{ roomId: RoomId }>(GUEST_OF, [user, most])).map(({ roomId }) => roomId);
}
