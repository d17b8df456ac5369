import { codeOf, describe, SurfacesError } from '../errors/surfaces-error.ts';
import { backoff } from '../time/time.ts';
import { commit } from './commit.ts';
import { type Deliver, flushSends } from './flush-sends.ts';
import { HandOver } from './hand-over.ts';
import type { LaneItem, Send } from './lane.ts';
import type { Lease } from './lease.ts';
import { giveUp, handOver, type LetGo, putBack, release, wakeLater } from './let-go.ts';
import { Hopeless } from './losses.ts';
import { NotYet } from './not-yet.ts';
import { Parked } from './park.ts';

/** What an item is run with. */
export type RunContext = {
  /** Aborted when the run has to end; its reason is a LaneAbort. With `cancel` the item's end is still to be said. */
  readonly signal: AbortSignal;
  /** Aborted when nothing may be done to the outside any more. */
  readonly lost: AbortSignal;
  /** To be asked before each act towards the outside: a process that was paused learns here that it has lost the lane. */
  readonly valid: () => boolean;
  /** The fencing number: what a side effect can carry so that an older holder's comes too late. */
  readonly epoch: number;
  /** An earlier holder had begun it. */
  readonly resumed: boolean;
  /** A stop reached it before this start. */
  readonly stopped: boolean;
  /** It was withdrawn before this start. */
  readonly withdrawn: boolean;
  /** How often in a row it was put back because something was away. */
  readonly waits: number;
};

/** `askedAt` and `takenAt`: when the lane was asked for, and ours; epoch milliseconds. */
export type Around<Body> = (
  item: LaneItem<Body>,
  begun: { readonly context: RunContext; readonly askedAt: number; readonly takenAt: number },
  work: () => Promise<LaneOutcome>,
) => Promise<LaneOutcome>;

export type LaneRun<Body> = LetGo & {
  readonly lane: string;
  /**
   * Does one item and returns what is to be said. A SurfacesError with disposition `wait` or `retry`, NotYet or Parked
   * puts the item back, HandOver gives it to another queue's workers; any other error is a defect.
   */
  readonly run: (item: LaneItem<Body>, context: RunContext) => Promise<Send[]>;
  /** Wraps an item from when the lane is taken until it is released: for those who write down what goes on. */
  readonly around?: Around<Body>;
  readonly deliver: Deliver;
  /**
   * What is said where `run` failed for good: the item is done with it, so that one item never blocks a lane. A
   * SurfacesError with disposition `wait` or `retry` puts the item back; after any other one it ends without a word.
   */
  readonly onDefect: (item: LaneItem<Body>, error: unknown, lost: AbortSignal) => Send[] | Promise<Send[]>;
};

/**
 * `done`: an item was run and committed. `flushed`: only what an earlier holder left unsent was sent. `busy`: another
 * one has the lane and will find what is new when it releases. `lost`: the lease ended on the way. `waiting`: put back.
 */
export type LaneOutcome = 'busy' | 'idle' | 'elsewhere' | 'flushed' | 'done' | 'waiting' | 'lost';

const ACQUIRE = { name: 'lane_acquire', text: 'SELECT lane_acquire($1, $2, $3, $4) AS lane' };
const SENT = {
  name: 'lane_sent',
  text: `UPDATE lane_send s SET sent_at = clock_timestamp(), failure = t.failure
    FROM unnest($1::text[], $2::text[]) AS t (op, failure) WHERE s.op = t.op AND s.sent_at IS NULL`,
};

type Unsent = { op: string; body: unknown; createdAt: number };
type Acquired<Body> =
  | {
      status: 'busy' | 'idle' | 'elsewhere' | 'waiting';
      queue: string | null;
      /** A kept place is at the head: to be looked at again after so many milliseconds. */
      waitMs?: number;
    }
  | {
      status: 'held';
      epoch: number;
      waits: number;
      unsent: Unsent[] | null;
      item?: LaneItem<Body>;
      resumed?: boolean;
      stopped?: boolean;
      withdrawn?: boolean;
      /** How often in a row a holder was lost while it had the item; hopeless: too often for another try. */
      losses?: number;
      hopeless?: boolean;
    };

/**
 * What a wake does: takes the lane if it is free, sends what an earlier holder left unsent, runs the head, commits,
 * sends, releases, and wakes the lane again if it has more. One item a wake, so that lanes take turns. Three statements
 * for an item.
 * @throws SurfacesError `database_unavailable` where the lane could not even be asked for: wake again later.
 */
export async function runLane<Body>(options: LaneRun<Body>): Promise<LaneOutcome> {
  const { lane, queue, sql, leases } = options;
  const deadline = leases.deadline();
  const askedAt = Date.now();
  // A lease that is answered later than it lasts is worth nothing, and the wake goes to a worker that reaches the database.
  const asking = { ...ACQUIRE, answerMs: leases.leaseMs };
  const [row] = await sql<{ lane: Acquired<Body> }>(asking, [lane, queue, leases.holder, leases.leaseMs]);
  const acquired = row!.lane;
  if (acquired.status !== 'held') {
    if (acquired.status === 'elsewhere') await options.wake(lane, acquired.queue!);
    if (acquired.waitMs !== undefined) wakeLater(options, lane, acquired.queue!, acquired.waitMs);
    return acquired.status;
  }
  const takenAt = Date.now();
  const { item } = acquired;
  const lease = leases.hold(lane, acquired.epoch, item?.seq ?? 0, item?.key ?? '', deadline);
  // Asked for while nobody held it: as good as asked for just now.
  if (acquired.resumed && acquired.stopped) lease.abort({ cancel: true, why: 'stopped' });
  else if (acquired.resumed && acquired.withdrawn) lease.abort({ cancel: true, why: 'withdrawn' });
  try {
    if (acquired.unsent && !(await sendLeftovers(options, lease, acquired.unsent))) return 'lost';
    if (!item) {
      await release(options, lease);
      return 'flushed';
    }
    const context: RunContext = {
      signal: lease.signal,
      lost: lease.lost,
      valid: () => lease.valid(),
      epoch: acquired.epoch,
      resumed: acquired.resumed ?? false,
      stopped: acquired.stopped ?? false,
      withdrawn: acquired.withdrawn ?? false,
      waits: acquired.waits,
    };
    const { losses = 0, hopeless } = acquired;
    if (losses > 0) options.log.warn({ lane, key: item.key, losses }, 'an item goes on whose worker was lost');
    const work = () =>
      hopeless ? fail(options, lease, item, context, new Hopeless(losses)) : runItem(options, lease, item, context);
    return await (options.around?.(item, { context, askedAt, takenAt }, work) ?? work());
  } finally {
    leases.drop(lease);
  }
}

/** Marked at once: the item that follows may take long, and a crash in it should not send these again. */
async function sendLeftovers<Body>(options: LaneRun<Body>, lease: Lease, unsent: Unsent[]): Promise<boolean> {
  const sent = await flushSends(lease, unsent, options.deliver, options.log);
  if (sent.ops.length === unsent.length) {
    // Not marked: said again by the next holder, under the same operation id.
    await options.sql(SENT, [sent.ops, sent.failures]).catch(() => {});
    return lease.valid();
  }
  await giveUp(options, lease, sent);
  return false;
}

async function runItem<Body>(
  options: LaneRun<Body>,
  lease: Lease,
  item: LaneItem<Body>,
  context: RunContext,
): Promise<LaneOutcome> {
  let sends: Send[];
  try {
    sends = await options.run(item, context);
  } catch (error) {
    if (error instanceof NotYet) return putBack(options, lease, error.waitMs, 'unstarted');
    if (error instanceof Parked) return putBack(options, lease, error.waitMs, 'parked');
    if (error instanceof HandOver) return handOver(options, lease, error.queue, context.resumed && !error.anew);
    if (lease.lost.aborted) return giveUp(options, lease);
    if (error instanceof SurfacesError && error.disposition !== 'permanent') {
      return putBack(options, lease, error.retryAfterMs ?? backoff(context.waits), 'failed');
    }
    return fail(options, lease, item, context, error);
  }
  return settle(options, lease, item, sends, context.waits);
}

/** The item ends with what is said of the error. */
async function fail<Body>(
  options: LaneRun<Body>,
  lease: Lease,
  item: LaneItem<Body>,
  { waits }: RunContext,
  error: unknown,
): Promise<LaneOutcome> {
  const sends = await sendsOfDefect(options, lease, item, error);
  return sends ? settle(options, lease, item, sends, waits) : putBack(options, lease, backoff(waits), 'failed');
}

async function settle<Body>(
  options: LaneRun<Body>,
  lease: Lease,
  item: LaneItem<Body>,
  sends: Send[],
  waits: number,
): Promise<LaneOutcome> {
  const { sql, leases, log } = options;
  let said = sends;
  let held: boolean;
  try {
    held = await commit(sql, leases.holder, lease, said);
  } catch (error) {
    if (error instanceof SurfacesError) return giveUp(options, lease);
    // The sends themselves cannot be stored. The item still has to end, and if need be without a word.
    const instead = await sendsOfDefect(options, lease, item, error);
    if (!instead) return putBack(options, lease, backoff(waits), 'failed');
    said = instead;
    held = await commit(sql, leases.holder, lease, said).catch((again) => {
      log.error({ err: again, lane: item.lane, key: item.key }, 'an item ends without a word');
      said = [];
      return commit(sql, leases.holder, lease, said);
    });
  }
  if (!held) return giveUp(options, lease);
  const createdAt = Date.now();
  const sent = await flushSends(
    lease,
    said.map((send) => ({ ...send, createdAt })),
    options.deliver,
    log,
  );
  if (sent.ops.length < said.length) return giveUp(options, lease, sent);
  await release(options, lease, sent);
  return 'done';
}

/** Null where what it takes to say it is away. */
async function sendsOfDefect<Body>(
  { log, onDefect }: LaneRun<Body>,
  { lost }: Lease,
  item: LaneItem<Body>,
  error: unknown,
): Promise<Send[] | null> {
  log.error({ err: error, code: codeOf(error), lane: item.lane, key: item.key }, `an item failed: ${describe(error)}`);
  try {
    return await onDefect(item, error, lost);
  } catch (second) {
    if (second instanceof SurfacesError && second.disposition !== 'permanent') return null;
    log.error({ err: second, lane: item.lane, key: item.key }, 'and so did what should be said about it');
    return [];
  }
}
