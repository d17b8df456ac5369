import type { Database } from './postgres.ts';
import type { Room } from './rooms.ts';

/** A room of the record with what goes on in its lane. */
export type KnownRoom = Pick<Room, 'roomId' | 'kind' | 'owner' | 'sessionId' | 'state' | 'name' | 'namedBy'> & {
  /** The last turn; null where there was none. */
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
  /** Messages that are not done, the one that runs not counted. */
  readonly waiting: number;
  /** A worker holds the lane, and is heard of. */
  readonly running: boolean;
};

/** How many rooms there are of each kind and state; those of them that match, and how many that is. */
export type KnownRooms = {
  readonly rooms: readonly KnownRoom[];
  readonly matching: number;
  readonly counts: readonly { readonly kind: Room['kind']; readonly state: Room['state']; readonly count: number }[];
};

export type RoomsWanted = {
  readonly owner?: string;
  readonly state?: Room['state'];
  /** Part of a name, in any case; or a whole room id. */
  readonly like?: string;
  readonly limit: number;
};

const WHERE = `($1::text IS NULL OR r.owner = $1) AND ($2::text IS NULL OR r.state = $2)
  AND ($3::text IS NULL OR r.room_id = $3 OR strpos(lower(r.name), lower($3)) > 0)`;
const LIST = {
  name: 'room_known',
  text: `SELECT r.room_id AS "roomId", r.kind, r.owner, r.session_id AS "sessionId", r.state, r.name, r.named_by AS "namedBy",
      r.last_turn_at AS "lastUsedAt", r.created_at AS "createdAt",
      greatest(0, coalesce(s.last_seq - coalesce(l.done_seq, 0), 0) - CASE WHEN live.held THEN 1 ELSE 0 END) AS waiting,
      live.held AS running
    FROM room r
    LEFT JOIN lane l ON l.lane_id = 'room/' || r.room_id
    LEFT JOIN lane_seq s ON s.lane_id = 'room/' || r.room_id
    CROSS JOIN LATERAL (SELECT coalesce(l.holder IS NOT NULL AND l.lease_until > clock_timestamp()
      AND s.last_seq > l.done_seq, false) AS held) live
   WHERE ${WHERE}
   ORDER BY coalesce(r.last_turn_at, r.created_at) DESC, r.room_id LIMIT $4`,
};
const COUNT = { name: 'room_known_matching', text: `SELECT count(*) AS count FROM room r WHERE ${WHERE}` };
const COUNTS = {
  name: 'room_known_counts',
  text: 'SELECT kind, state, count(*) AS count FROM room GROUP BY kind, state ORDER BY kind DESC, state',
};

/** Rooms of the record, the one used last first. */
export async function knownRooms(database: Database, { owner, state, like, limit }: RoomsWanted): Promise<KnownRooms> {
  const where = [owner ?? null, state ?? null, like ?? null];
  const rooms = await database.run<KnownRoom>(LIST, [...where, limit]);
  const [row] = await database.run<{ count: number }>(COUNT, where);
  const counts = await database.run<KnownRooms['counts'][number]>(COUNTS);
  return { rooms, matching: row?.count ?? 0, counts };
}
