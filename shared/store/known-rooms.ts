import type { RoomId } from '../ids/ids.ts';
import { type PlaceTime, placeSql, timeSql } from './place-time.ts';
import type { Database } from './postgres.ts';
import type { Room } from './rooms.ts';

/** A room of the record with what goes on in its lane. */
export type KnownRoom = Pick<Room, 'roomId' | 'kind' | 'owner' | 'sessionId' | 'state' | 'name' | 'namedBy'> & {
  /** The last turn; null where there was none. */
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
  /** Since when it is known that the bot is not in it any more. */
  readonly goneAt: Date | null;
  /** Messages that are not done, the one that runs not counted. */
  readonly waiting: number;
  /** A worker holds the lane, and is heard of. */
  readonly running: boolean;
};

/** Where a list goes on: behind the room with this id, used at this time. */
export type RoomPlace = { readonly at: PlaceTime; readonly roomId: string };

export type RoomPage = {
  readonly rooms: readonly KnownRoom[];
  /** How many match, on all pages. */
  readonly matching: number;
  /** Absent where there are no more. */
  readonly next?: RoomPlace;
};

/** A page, and how many rooms there are of each kind and state. */
export type KnownRooms = RoomPage & {
  readonly counts: readonly { readonly kind: Room['kind']; readonly state: Room['state']; readonly count: number }[];
};

export type RoomsWanted = {
  readonly owner?: string;
  readonly state?: Room['state'];
  readonly kind?: Room['kind'];
  /** Part of a name, in any case. */
  readonly like?: string;
  /** This room alone. */
  readonly id?: RoomId;
  /** Those alone in which something runs or waits. */
  readonly busy?: boolean;
  readonly limit: number;
  /** Where the page before ended. */
  readonly after?: RoomPlace;
};

/** Room ids of lanes with work, as SQL. Reads the counters of all lanes, some 10 ms for 10,000. */
export const BUSY_ROOMS = `(SELECT substr(s.lane_id, 6) FROM lane_seq s LEFT JOIN lane l ON l.lane_id = s.lane_id
  WHERE s.last_seq > coalesce(l.done_seq, 0) AND s.lane_id LIKE 'room/%')`;

const WHERE = `($1::text IS NULL OR r.owner = $1) AND ($2::text IS NULL OR r.state = $2)
  AND ($3::text IS NULL OR strpos(lower(r.name), lower($3)) > 0) AND ($4::text IS NULL OR r.room_id = $4)
  AND ($5::text IS NULL OR r.kind = $5) AND (NOT $6 OR r.room_id IN ${BUSY_ROOMS})`;
const AT = 'coalesce(r.last_turn_at, r.created_at)';
/** Read once: what matches is counted, and of it a page chosen; lanes are looked up for its rooms alone. */
const LIST = {
  name: 'room_known',
  text: `WITH matching AS MATERIALIZED (
      SELECT r.room_id, ${AT} AS at FROM room r WHERE ${WHERE}
    ), page AS MATERIALIZED (
      SELECT * FROM matching
       WHERE $7::bigint IS NULL OR at < ${timeSql('$7')} OR (at = ${timeSql('$7')} AND room_id > $8)
       ORDER BY at DESC, room_id LIMIT $9
    )
    SELECT m.matching, r.room_id AS "roomId", r.kind, r.owner, r.session_id AS "sessionId", r.state, r.name, r.named_by AS "namedBy",
      r.last_turn_at AS "lastUsedAt", r.created_at AS "createdAt", r.gone_at AS "goneAt",
      greatest(0, coalesce(s.last_seq - coalesce(l.done_seq, 0), 0) - CASE WHEN live.held THEN 1 ELSE 0 END) AS waiting,
      live.held AS running, ${placeSql('p.at')} AS place
    FROM (SELECT count(*) AS matching FROM matching) m
    LEFT JOIN page p ON true
    LEFT JOIN room r ON r.room_id = p.room_id
    LEFT JOIN lane l ON l.lane_id = 'room/' || p.room_id
    LEFT JOIN lane_seq s ON s.lane_id = 'room/' || p.room_id
    CROSS JOIN LATERAL (SELECT coalesce(l.holder IS NOT NULL AND l.lease_until > clock_timestamp()
      AND s.last_seq > l.done_seq, false) AS held) live
   ORDER BY p.at DESC, p.room_id`,
};
const COUNTS = {
  name: 'room_known_counts',
  text: 'SELECT kind, state, count(*) AS count FROM room GROUP BY kind, state ORDER BY kind DESC, state',
};

type Row = KnownRoom & { readonly matching: number; readonly place: PlaceTime | null };

/** One room of the record, as the list shows it. */
export async function knownRoom(database: Database, id: RoomId): Promise<KnownRoom | null> {
  return (await pageOfRooms(database, { id, limit: 1 })).rooms[0] ?? null;
}

/** Rooms of the record, the one used last first. */
export async function pageOfRooms(database: Database, wanted: RoomsWanted): Promise<RoomPage> {
  const { owner = null, state = null, kind = null, like = null, id = null, busy = false, limit, after } = wanted;
  const values = [owner, state, like, id, kind, busy, after?.at ?? null, after?.roomId ?? null, limit + 1];
  const rows = await database.run<Row>(LIST, values);
  const found = rows.filter(({ place }) => place !== null);
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    rooms: found.slice(0, limit).map(({ matching: _, place: __, ...room }) => room),
    matching: rows[0]?.matching ?? 0,
    ...(last && { next: { at: last.place!, roomId: last.roomId } }),
  };
}

/** The same, with how many rooms there are of each kind. */
export async function knownRooms(database: Database, wanted: RoomsWanted): Promise<KnownRooms> {
  const [page, counts] = await Promise.all([
    pageOfRooms(database, wanted),
    database.run<KnownRooms['counts'][number]>(COUNTS),
  ]);
  return { ...page, counts };
}
