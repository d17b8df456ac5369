import type { RunSql } from './lane.ts';

const START = {
  name: 'lane_start_of',
  text: `SELECT i.body, l.done_seq >= i.seq AS done, l.done_seq >= i.seq OR l.started_seq = i.seq AS begun,
      CASE WHEN l.started_seq = i.seq THEN l.started_with END AS "amendedBy"
    FROM lane_item i JOIN lane l ON l.lane_id = i.lane_id WHERE i.key = $1`,
};

export type Start<Body> = {
  /** As it was taken in. */
  readonly body: Body;
  /** Amendments do not apply any more. */
  readonly begun: boolean;
  readonly done: boolean;
  /** The amendment that it was begun with, where it is still the newest that was begun. */
  readonly amendedBy: string | null;
};

/** How far an item has come; null for one that is unknown, or whose lane nobody has ever taken. */
export async function startOf<Body>(sql: RunSql, key: string): Promise<Start<Body> | null> {
  return (await sql<Start<Body>>(START, [key]))[0] ?? null;
}

const BEHIND = {
  name: 'lane_behind',
  text: 'SELECT EXISTS (SELECT FROM lane_item WHERE lane_id = $1 AND seq > $2 AND kept_for IS NULL) AS there',
};

const NEXT = {
  name: 'lane_next',
  text: 'SELECT body FROM lane_item WHERE lane_id = $1 AND seq > $2 AND kept_for IS NULL ORDER BY seq LIMIT 1',
};

/** What stands right behind an item in its lane, as it was taken in, kept places apart; null where nothing does yet. */
export async function bodyBehind<Body>(sql: RunSql, lane: string, seq: number): Promise<Body | null> {
  return (await sql<{ body: Body }>(NEXT, [lane, seq]))[0]?.body ?? null;
}

/** Whether something waits in a lane behind an item. */
export async function isAnythingBehind(sql: RunSql, lane: string, seq: number): Promise<boolean> {
  const [row] = await sql<{ there: boolean }>(BEHIND, [lane, seq]);
  return row?.there ?? false;
}
