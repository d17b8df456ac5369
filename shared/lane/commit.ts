import { SurfacesError } from '../errors/surfaces-error.ts';
import { backoff, sleep } from '../time/time.ts';
import type { RunSql, Send } from './lane.ts';
import type { Lease } from './lease.ts';

/**
 * The fence: progress is by one, from exactly the item before, by the lease's own epoch. What is to be said is recorded
 * in the same statement, before anything is said.
 */
const COMMIT = {
  name: 'lane_commit',
  text: `
WITH held AS (
  UPDATE lane SET done_seq = $3, done_epoch = $2, waits = 0
   WHERE lane_id = $1 AND epoch = $2 AND holder = $4 AND done_seq = $3 - 1 RETURNING lane_id
), said AS (
  INSERT INTO lane_send (op, lane_id, seq, ordinal, epoch, body)
  SELECT t.op, held.lane_id, $3, t.ordinal, $2, t.body
    FROM held, unnest($5::text[], $6::jsonb[]) WITH ORDINALITY AS t (op, body, ordinal)
)
SELECT count(*)::int AS held FROM held`,
};

const WHOSE = { name: 'lane_whose', text: 'SELECT done_seq, done_epoch FROM lane WHERE lane_id = $1' };

/**
 * Ends an item and records its sends. Where the answer is lost the question is repeated while the lease is good, and
 * then settled by asking whose the progress is.
 * @returns whether the commit is this lease's own; false: another one has the lane, drop everything.
 * @throws pg's error where the sends cannot be stored (an operation id that exists, a NUL in a body).
 */
export async function commit(sql: RunSql, holder: string, lease: Lease, sends: readonly Send[]): Promise<boolean> {
  const values = [
    lease.lane,
    lease.epoch,
    lease.seq,
    holder,
    sends.map((send) => send.op),
    sends.map((send) => JSON.stringify(send.body ?? null)),
  ];
  let unknown = false;
  for (let attempt = 0; lease.valid(); attempt += 1) {
    try {
      const [row] = await sql<{ held: number }>(COMMIT, values);
      if (row?.held === 1) return true;
      return unknown && (await isMine(sql, lease));
    } catch (error) {
      if (!(error instanceof SurfacesError) || error.disposition === 'permanent') throw error;
      unknown = true;
      await sleep(backoff(attempt, 50, 1_000), lease.lost);
    }
  }
  return false;
}

/** Our epoch did this very item. Further progress by somebody else means that the lease was lost in between. */
async function isMine(sql: RunSql, lease: Lease): Promise<boolean> {
  const [row] = await sql<{ done_seq: number | string; done_epoch: number | string }>(WHOSE, [lease.lane]);
  return Number(row?.done_seq) === lease.seq && Number(row?.done_epoch) === lease.epoch;
}
