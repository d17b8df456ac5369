import { sleep } from '../time/time.ts';
import type { RunSql, Statement } from './lane.ts';

/** Rows that one statement deletes at most: short locks, and a page of intake never waits for long. */
const BATCH = 2_000;
/** Between two batches, at least; else as long as the last one took, so that half of the time is everybody else's. */
const PAUSE_MS = 50;

/** How old what is done with has to be to be forgotten; `signal` ends it between two batches. */
export type Keeping = { readonly keepMs: number; readonly signal?: AbortSignal };

/** Which rows of a table may be forgotten, once the column `age` is old. */
export type OldRows = {
  readonly table: string;
  readonly age: string;
  /** What else has to be true of such a row `t`, as SQL. */
  readonly when?: string;
  /** Columns that hold the key of an item which the row belongs to: while that is still to be done, the row stays. */
  readonly items?: readonly string[];
  /** A further statement, over the rows that are `gone`. */
  readonly alsoDelete?: string;
};

/**
 * Walks an index on `age` from where the last batch ended, so that it never reads again what stays, nor what is deleted and
 * not vacuumed yet. (A BRIN index would not do: in the space that was freed old and new rows come to lie side by side, and
 * after one round every range of the table counts as old.)
 */
function batchOf({ table, age, when = 'true', items = [], alsoDelete }: OldRows): Statement {
  const conditions = [`t.${age} < now() - $1 * interval '1 millisecond'`, `t.${age} >= $2`, when];
  for (const column of items)
    conditions.push(`NOT EXISTS (SELECT FROM lane_item i JOIN lane l ON l.lane_id = i.lane_id
           WHERE i.key = t.${column} AND i.seq > l.done_seq)`);
  return {
    name: `${table}_forget`,
    text: `WITH gone AS (
      DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
        SELECT t.ctid FROM ${table} t WHERE ${conditions.join(' AND ')} ORDER BY t.${age} LIMIT $3)) RETURNING *
    )${alsoDelete ? `, also AS (${alsoDelete})` : ''} SELECT count(*)::int AS rows, max(${age}) AS until FROM gone`,
  };
}

/** The last item of each lane stays: it tells the sweeper the lane's queue. What an item has said goes with it. */
const FORGET: readonly OldRows[] = [
  {
    table: 'lane_item',
    age: 'received_at',
    when: `EXISTS (SELECT FROM lane l WHERE l.lane_id = t.lane_id AND l.done_seq > t.seq)
      AND NOT EXISTS (SELECT FROM lane_send s WHERE s.lane_id = t.lane_id AND s.seq = t.seq AND s.sent_at IS NULL)`,
    alsoDelete: 'DELETE FROM lane_send s USING gone WHERE s.lane_id = gone.lane_id AND s.seq = gone.seq',
  },
  {
    table: 'lane_amendment',
    age: 'received_at',
    when: 'NOT EXISTS (SELECT FROM lane_item i WHERE i.key = t.target)',
  },
  { table: 'lane_reject', age: 'received_at' },
];

/** Deletes what is old and done with, in batches, with pauses. @returns rows deleted, by table; those of `lane_send` not counted. */
export async function forget(sql: RunSql, keeping: Keeping): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  for (const rows of FORGET) deleted[rows.table] = await forgetOld(sql, rows, keeping);
  return deleted;
}

type Batch = { readonly rows: number; readonly until: Date | null };

/** Deletes such rows until none is left. There has to be an index on `age`. @returns how many. */
export async function forgetOld(sql: RunSql, rows: OldRows, { keepMs, signal }: Keeping): Promise<number> {
  const statement = batchOf(rows);
  let deleted = 0;
  let since: Date | '-infinity' = '-infinity';
  while (!signal?.aborted) {
    const began = performance.now();
    const [batch]: Batch[] = await sql<Batch>(statement, [keepMs, since, BATCH]);
    deleted += batch!.rows;
    if (batch!.rows < BATCH) break;
    since = batch!.until!;
    await sleep(Math.max(PAUSE_MS, performance.now() - began), signal);
  }
  return deleted;
}
