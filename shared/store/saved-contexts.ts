import { type EventId, opId, type RoomId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** A context that was saved in a room: under which name, and when that was asked for. */
export type SavedContext = { readonly event: EventId; readonly name: string; readonly at: Date };

/** So many items of the room are looked through, the newest: what is older costs more than it tells. */
const NEWEST = 2_000;

const ASKED = {
  name: 'saves_asked',
  text: `SELECT i.key AS event, i.received_at AS at FROM lane_item i
    WHERE i.lane_id = 'room/' || $1 AND i.body->>'type' = 'command' AND i.body->>'name' = 'save'
      AND i.seq > coalesce((SELECT last_seq FROM lane_seq WHERE lane_id = 'room/' || $1), 0) - ${NEWEST}
    ORDER BY i.seq DESC LIMIT $2`,
};
const NAMED = {
  name: 'saves_named',
  text: `SELECT op, result->>'name' AS name FROM operation WHERE op = ANY($1) AND done_at IS NOT NULL`,
};

/**
 * What was saved in a room, as far as its commands are still in the record; the newest first. Whether a snapshot is still
 * there, only the agent host knows.
 */
export async function savedContexts(database: Database, room: RoomId, most: number): Promise<SavedContext[]> {
  const asked = await database.run<{ event: EventId; at: Date }>(ASKED, [room, most]);
  if (asked.length === 0) return [];
  const ops = asked.map(({ event }) => opId('save', event));
  const rows = await database.run<{ op: string; name: string }>(NAMED, [ops]);
  const names = new Map(rows.map(({ op, name }) => [op, name]));
  return asked.flatMap(({ event, at }, index) => {
    const name = names.get(ops[index]!);
    return name === undefined ? [] : [{ event, name, at }];
  });
}
