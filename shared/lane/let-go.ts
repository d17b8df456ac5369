import { codeOf } from '../errors/surfaces-error.ts';
import type { Sent } from './flush-sends.ts';
import type { LaneLog, RunSql, Wake } from './lane.ts';
import type { Lease, LeaseKeeper } from './lease.ts';
import { takeBackLoss } from './losses.ts';

/** What a lane is let go with. */
export type LetGo = {
  /** The queue that this worker listens to; the lane's head may belong to another one. */
  readonly queue: string;
  readonly sql: RunSql;
  readonly leases: LeaseKeeper;
  readonly wake: Wake;
  readonly log: LaneLog;
};

const RELEASE = { name: 'lane_release', text: 'SELECT lane_release($1, $2, $3, $4, $5, $6, $7, $8) AS released' };

type Released = { freed: boolean; next: string | null };

const NOTHING: Sent = { ops: [], failures: [] };
/** setTimeout and Postgres' integer take no longer one. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** The end of a good run. An answer that gets lost leaves the lane to the sweeper, with everything in its record. */
export async function release(options: LetGo, lease: Lease, sent = NOTHING): Promise<void> {
  await free(options, lease, { sent });
}

/** A convenience: without it the sweeper finds the lane, a little later. */
export function wakeLater({ wake }: LetGo, lane: string, queue: string, ms: number): void {
  setTimeout(() => void wake(lane, queue), ms).unref();
}

/** Back into the lane, which waits. */
export async function putBack(
  options: LetGo,
  lease: Lease,
  waitMs: number,
  back: 'unstarted' | 'parked' | 'failed',
): Promise<'waiting'> {
  const ms = Math.round(Math.min(waitMs, LONGEST_WAIT_MS));
  await free(options, lease, { waitMs: ms, back });
  // What is parked waits for hours, and there may be many of it: the sweeper has them in a row, without a timer each.
  if (back !== 'parked') wakeLater(options, lease.lane, options.queue, ms);
  return 'waiting';
}

/** To the workers of another queue. @param begun they go on with what has begun, and do not start it. */
export async function handOver(options: LetGo, lease: Lease, queue: string, begun: boolean): Promise<'elsewhere'> {
  await free(options, lease, { handTo: queue, ...(begun ? {} : { back: 'unstarted' }) });
  return 'elsewhere';
}

/** The lease is lost, or the process ends. In the second case the lane is handed on at once. */
export async function giveUp(options: LetGo, lease: Lease, sent = NOTHING): Promise<'lost'> {
  await free(options, lease, { sent });
  return 'lost';
}

type Freeing = {
  readonly sent?: Sent;
  /** The head waits that long, in milliseconds. */
  readonly waitMs?: number;
  readonly back?: 'unstarted' | 'parked' | 'failed';
  readonly handTo?: string;
};

/** Frees the lease, and wakes whoever has the lane's next work, where it is not to wait. */
async function free(options: LetGo, lease: Lease, freeing: Freeing): Promise<void> {
  const { sql, leases, log } = options;
  const { sent = NOTHING, waitMs = null, back = null, handTo = null } = freeing;
  leases.drop(lease);
  let isFreed = false;
  try {
    const values = [lease.lane, lease.epoch, leases.holder, sent.ops, sent.failures, waitMs, back, handTo];
    const [row] = await sql<{ released: Released }>(RELEASE, values);
    const { freed, next } = row!.released;
    isFreed = freed;
    if (next) await options.wake(lease.lane, next);
  } catch (error) {
    log.warn({ err: error, code: codeOf(error), lane: lease.lane }, 'a lane could not be released; its lease runs out');
  }
  if (!isFreed) void takeBackLoss(sql, leases, lease);
}
