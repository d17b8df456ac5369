import type { RunSql } from './lane.ts';

/** Where an item is, and how far it has come. */
export type PlaceOf = {
  readonly lane: string;
  readonly seq: number;
  readonly position: number;
  readonly begun: boolean;
  readonly done: boolean;
};

const PLACE = {
  name: 'lane_place_of',
  text: `SELECT i.lane_id AS lane, i.seq, i.position, coalesce(l.done_seq >= i.seq, false) AS done,
      coalesce(l.done_seq >= i.seq OR l.started_seq = i.seq, false) AS begun
    FROM lane_item i LEFT JOIN lane l ON l.lane_id = i.lane_id WHERE i.key = $1`,
};

/** Null where nothing of that key is known. */
export async function placeOf(sql: RunSql, key: string): Promise<PlaceOf | null> {
  return (await sql<PlaceOf>(PLACE, [key]))[0] ?? null;
}
