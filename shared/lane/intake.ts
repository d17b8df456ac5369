import { SurfacesError } from '../errors/surfaces-error.ts';
import { backoff, sleep } from '../time/time.ts';
import type { LaneWake, RunSql } from './lane.ts';

export type PageItem = {
  readonly key: string;
  readonly lane: string;
  readonly queue: string;
  readonly body: unknown;
  /** It is no work, but a place that is kept for what another item, of that key, may put there; see kept-place.ts. */
  readonly keptFor?: string;
};

/** One page of a source, in the order of the source. Keys are idempotency keys: what is known is not taken again. */
export type Page = {
  readonly source: string;
  /** The token under which the page was read; `''` where the source has none yet. */
  readonly from: string;
  readonly to: string;
  readonly items: readonly PageItem[];
  readonly amendments?: readonly { key: string; target: string; kind: 'replace' | 'withdraw'; body?: unknown }[];
  readonly rejects?: readonly { key: string; lane?: string; reason: string }[];
};

export type Intake = {
  /** The page is in and the token is `to`. False: another one moved the token, and nothing of the page was taken. */
  readonly accepted: boolean;
  /** Not accepted, because an earlier try of the same page was: its answer got lost. The wakes may be sent again. */
  readonly repeated: boolean;
  /** One for each lane that has something new; to be sent after this has returned. */
  readonly wakes: LaneWake[];
  /** Lanes whose item has begun and was withdrawn by this page: to be poked where it runs, and woken where it waits. */
  readonly withdrawn: LaneWake[];
  /** Items that were not known before. */
  readonly fresh: number;
};

/**
 * The compare-and-set comes first and everything else hangs on it. Row locks are taken in one order (cursor, then lanes
 * by id), so pages of different sources cannot deadlock. `position` counts items, then amendments, of each page.
 */
const INTAKE = {
  name: 'lane_intake',
  text: `
WITH moved AS (
  UPDATE lane_cursor SET token = $3, position = position + $4::bigint, updated_at = now()
   WHERE source = $1 AND token = $2 RETURNING position - $4::bigint AS base
), created AS (
  INSERT INTO lane_cursor (source, token, position) SELECT $1, $3, $4::bigint WHERE $2 = ''
  ON CONFLICT (source) DO NOTHING RETURNING 0::bigint AS base
), cas AS (
  SELECT base FROM moved UNION ALL SELECT base FROM created
), given AS (
  SELECT DISTINCT ON (t.key) t.*, cas.base + t.nth AS position
    FROM cas, unnest($5::text[], $6::text[], $7::text[], $8::jsonb[], $16::text[]) WITH ORDINALITY AS t (key, lane_id, queue, body, kept_for, nth)
   ORDER BY t.key, t.nth
), fresh AS (
  SELECT g.*, row_number() OVER (PARTITION BY lane_id ORDER BY nth) AS rank, count(*) OVER (PARTITION BY lane_id) AS many
    FROM given g WHERE NOT EXISTS (SELECT FROM lane_item i WHERE i.key = g.key)
), numbered AS (
  INSERT INTO lane_seq AS s (lane_id, last_seq) SELECT lane_id, max(many) FROM fresh GROUP BY lane_id ORDER BY lane_id
  ON CONFLICT (lane_id) DO UPDATE SET last_seq = s.last_seq + excluded.last_seq RETURNING lane_id, last_seq
), taken AS (
  INSERT INTO lane_item (key, lane_id, seq, position, queue, body, kept_for)
  SELECT f.key, f.lane_id, n.last_seq - f.many + f.rank, f.position, f.queue, f.body, f.kept_for FROM fresh f JOIN numbered n USING (lane_id)
  RETURNING 1
), amended AS (
  INSERT INTO lane_amendment (key, target, position, kind, body)
  SELECT t.key, t.target, cas.base + cardinality($5::text[]) + t.nth, t.kind, t.body
    FROM cas, unnest($9::text[], $10::text[], $11::text[], $12::jsonb[]) WITH ORDINALITY AS t (key, target, kind, body, nth)
  ON CONFLICT (key) DO NOTHING
), rejected AS (
  INSERT INTO lane_reject (key, lane_id, reason)
  SELECT t.key, t.lane_id, t.reason FROM cas, unnest($13::text[], $14::text[], $15::text[]) AS t (key, lane_id, reason)
  ON CONFLICT (key) DO NOTHING
)
SELECT EXISTS (SELECT FROM cas) AS accepted,
  (SELECT count(*) FROM taken)::int AS fresh,
  (SELECT token FROM lane_cursor WHERE source = $1) AS token,
  (SELECT jsonb_agg(jsonb_build_object('lane', lane_id, 'queue', queue) ORDER BY nth) FROM fresh WHERE rank = 1) AS wakes,
  (SELECT jsonb_agg(DISTINCT jsonb_build_object('lane', i.lane_id, 'queue', CASE WHEN l.handed_seq = i.seq THEN l.handed_queue ELSE i.queue END))
     FROM unnest($10::text[], $11::text[]) AS t (target, kind)
     JOIN lane_item i ON i.key = t.target
     JOIN lane l ON l.lane_id = i.lane_id AND l.started_seq = i.seq AND l.done_seq = i.seq - 1
    WHERE t.kind = 'withdraw') AS withdrawn`,
};

const CURSOR = { name: 'lane_cursor', text: 'SELECT token, position FROM lane_cursor WHERE source = $1' };

type Row = {
  accepted: boolean;
  fresh: number;
  token: string | null;
  wakes: LaneWake[] | null;
  withdrawn: LaneWake[] | null;
};

/** Unique violation and deadlock: two sources brought the same item at once; the second try sees the first one's. */
const TRY_AGAIN = new Set(['23505', '40001', '40P01']);
const TRIES = 5;

/**
 * Takes in one page: ONE statement, which does everything or nothing. Concurrent calls with the same `from`: one is
 * accepted. Bodies have to be JSON without NUL; their size is the caller's to bound.
 * @throws SurfacesError `database_unavailable`: the page may be in; call again, and see `repeated`.
 */
export async function intake(sql: RunSql, page: Page): Promise<Intake> {
  const amendments = page.amendments ?? [];
  const rejects = page.rejects ?? [];
  const values = [
    page.source,
    page.from,
    page.to,
    page.items.length + amendments.length,
    page.items.map((item) => item.key),
    page.items.map((item) => item.lane),
    page.items.map((item) => item.queue),
    page.items.map((item) => JSON.stringify(item.body)),
    amendments.map((amendment) => amendment.key),
    amendments.map((amendment) => amendment.target),
    amendments.map((amendment) => amendment.kind),
    amendments.map((amendment) => (amendment.body === undefined ? null : JSON.stringify(amendment.body))),
    rejects.map((reject) => reject.key),
    rejects.map((reject) => reject.lane ?? null),
    rejects.map((reject) => reject.reason),
    page.items.map((item) => item.keptFor ?? null),
  ];
  const row = await runAgain(sql, values);
  const repeated = !row.accepted && row.token === page.to && page.from !== page.to;
  return {
    accepted: row.accepted,
    repeated,
    fresh: row.fresh,
    wakes: row.accepted ? (row.wakes ?? []) : repeated ? lanesOf(page) : [],
    withdrawn: row.accepted ? (row.withdrawn ?? []) : [],
  };
}

/** Where the source has got to; null where nothing was ever taken from it. */
export async function readCursor(sql: RunSql, source: string): Promise<{ token: string; position: number } | null> {
  const [row] = await sql<{ token: string; position: number | string }>(CURSOR, [source]);
  return row ? { token: row.token, position: Number(row.position) } : null;
}

async function runAgain(sql: RunSql, values: readonly unknown[]): Promise<Row> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const [row] = await sql<Row>(INTAKE, values);
      return row!;
    } catch (error) {
      const code = error instanceof SurfacesError ? '' : (error as { code?: string }).code;
      if (attempt + 1 >= TRIES || !TRY_AGAIN.has(code ?? '')) throw error;
      await sleep(backoff(attempt, 10, 200));
    }
  }
}

function lanesOf(page: Page): LaneWake[] {
  const first = new Map<string, LaneWake>();
  for (const { lane, queue } of page.items) if (!first.has(lane)) first.set(lane, { lane, queue });
  return [...first.values()];
}
