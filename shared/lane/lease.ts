import { codeOf } from '../errors/surfaces-error.ts';
import type { LaneLog, RunSql } from './lane.ts';

/** Why a run is aborted. `cancel`: a person wants it ended, and its end is to be said. Else: leave everything as it is. */
export type LaneAbort = { readonly cancel: boolean; readonly why: 'stopped' | 'withdrawn' | 'lost' | 'shutdown' };

/** Rows are locked in one order, so that two heartbeats, or a heartbeat and a sweep, cannot deadlock. */
const HEARTBEAT = {
  name: 'lane_heartbeat',
  text: `
WITH mine AS (
  SELECT l.lane_id, l.epoch, h.seq, h.key
    FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) AS h (lane_id, epoch, seq, key)
    JOIN lane l ON l.lane_id = h.lane_id AND l.epoch = h.epoch AND l.holder = $5
   ORDER BY l.lane_id FOR UPDATE OF l
), kept AS (
  UPDATE lane l SET lease_until = clock_timestamp() + $6 * interval '1 millisecond'
    FROM mine WHERE l.lane_id = mine.lane_id RETURNING l.lane_id
)
SELECT m.lane_id AS lane, m.epoch, coalesce(s.through_seq >= m.seq, false) AS stopped,
  EXISTS (SELECT FROM lane_amendment a WHERE a.target = m.key AND a.kind = 'withdraw') AS withdrawn
  FROM mine m JOIN kept USING (lane_id) LEFT JOIN lane_stop s ON s.lane_id = m.lane_id`,
};

type Kept = { lane: string; epoch: number | string; stopped: boolean; withdrawn: boolean };

/** A lane in this process's hands. Made by LeaseKeeper.hold. */
export class Lease {
  readonly lane: string;
  readonly epoch: number;
  readonly seq: number;
  readonly key: string;
  /** By the monotonic clock; earlier than the database's own deadline, because it counts from before the question. */
  deadline: number;
  /** When it was taken, by the monotonic clock. */
  readonly takenAt = performance.now();
  readonly #run = new AbortController();
  readonly #lost = new AbortController();

  constructor(lane: string, epoch: number, seq: number, key: string, deadline: number) {
    this.lane = lane;
    this.epoch = epoch;
    this.seq = seq;
    this.key = key;
    this.deadline = deadline;
  }

  /** Aborted once, with a LaneAbort as reason: what runs under the lease has to end. */
  get signal(): AbortSignal {
    return this.#run.signal;
  }

  /** Aborted when nothing may be done to the outside any more: the lease is lost, or the process ends. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** To be asked before each act towards the outside: a paused process finds out here, before any timer has run. */
  valid(): boolean {
    if (performance.now() >= this.deadline) this.abort({ cancel: false, why: 'lost' });
    return !this.#lost.signal.aborted;
  }

  abort(reason: LaneAbort): void {
    this.#run.abort(reason);
    if (!reason.cancel) this.#lost.abort(reason);
  }
}

export type LeaseOptions = {
  readonly sql: RunSql;
  /** Unique among all processes that ever lived, a restarted one included. */
  readonly holder: string;
  /** A lane whose holder is not heard of for so long is free, in milliseconds. */
  readonly leaseMs: number;
  readonly log: LaneLog;
};

/** A margin and the watchdog's pace, as a share of the lease: what is late by it is noticed before the lease ends. */
const TICKS = 12;
const BEATS = 3;
/** A tick that is late by this share of the lease: the process stood still. */
const STILL = 1 / 2;

/**
 * All leases of a process: one heartbeat statement for them each third of a lease, and a watchdog by the local clock,
 * which aborts what runs when the heartbeat did not get through in time.
 */
export class LeaseKeeper {
  readonly holder: string;
  readonly leaseMs: number;
  readonly #sql: RunSql;
  readonly #log: LaneLog;
  readonly #held = new Map<string, Lease>();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #lastBeat = 0;
  #lastTick = 0;
  #stoodStillAt = Number.NEGATIVE_INFINITY;
  readonly #end = new AbortController();

  constructor(options: LeaseOptions) {
    this.#sql = options.sql;
    this.holder = options.holder;
    this.leaseMs = options.leaseMs;
    this.#log = options.log;
  }

  /** Lanes held now. */
  get size(): number {
    return this.#held.size;
  }

  /** Aborted when the process begins to end. */
  get ending(): AbortSignal {
    return this.#end.signal;
  }

  /** The process did nothing for a good part of a lease, at a time when it had this one: it was paused, or blocked. */
  stoodStillSince(lease: Lease): boolean {
    this.#lookAtClock();
    return this.#stoodStillAt >= lease.takenAt;
  }

  /** When a lease that is asked for now would end, by the local clock; to be read before the question is sent. */
  deadline(): number {
    return performance.now() + this.leaseMs * (1 - 1 / TICKS);
  }

  hold(lane: string, epoch: number, seq: number, key: string, deadline: number): Lease {
    const lease = new Lease(lane, epoch, seq, key, deadline);
    this.#held.set(lane, lease);
    // Asked for before the process began to end: handed on at once, like those that it held.
    if (this.ending.aborted) lease.abort({ cancel: false, why: 'shutdown' });
    if (!this.#timer) {
      this.#lastBeat = performance.now();
      this.#lastTick = performance.now();
      this.#timer = setInterval(() => this.#tick(), this.leaseMs / TICKS);
    }
    return lease;
  }

  /** Before the lane is released, so that no heartbeat is sent for what is not held. */
  drop(lease: Lease): void {
    if (this.#held.get(lease.lane) === lease) this.#held.delete(lease.lane);
    if (this.#held.size === 0) {
      this.#lookAtClock();
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** Something was asked of the lane (a stop, a withdrawal): looks now, instead of with the next heartbeat. */
  async poke(lane: string): Promise<void> {
    const lease = this.#held.get(lane);
    if (lease) await this.#beat([lease]);
  }

  /** The process ends: everything that runs, or is taken from now on, is told to leave off, without a word to the outside. */
  abortAll(): void {
    this.#end.abort();
    for (const lease of this.#held.values()) lease.abort({ cancel: false, why: 'shutdown' });
  }

  /** Renews every lease that is still good; also the timer's own way. */
  beat(): Promise<void> {
    this.#beating ??= this.#beat([...this.#held.values()]).finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  #lookAtClock(): void {
    const now = performance.now();
    if (this.#timer && now - this.#lastTick > this.leaseMs * STILL) this.#stoodStillAt = now;
    this.#lastTick = now;
  }

  #tick(): void {
    this.#lookAtClock();
    for (const lease of this.#held.values()) lease.valid();
    if (performance.now() - this.#lastBeat >= this.leaseMs / BEATS - this.leaseMs / TICKS / 2) {
      this.#lastBeat = performance.now();
      void this.beat();
    }
  }

  async #beat(leases: Lease[]): Promise<void> {
    const asked = leases.filter((lease) => lease.valid());
    if (asked.length === 0) return;
    const deadline = this.deadline();
    let rows: Kept[];
    try {
      rows = await this.#sql<Kept>(HEARTBEAT, [
        asked.map((lease) => lease.lane),
        asked.map((lease) => lease.epoch),
        asked.map((lease) => lease.seq),
        asked.map((lease) => lease.key),
        this.holder,
        this.leaseMs,
      ]);
    } catch (error) {
      this.#log.warn({ err: error, code: codeOf(error), lanes: asked.length }, 'a heartbeat did not get through');
      return;
    }
    const kept = new Map(rows.map((row) => [`${row.epoch} ${row.lane}`, row]));
    for (const lease of asked) {
      const row = kept.get(`${lease.epoch} ${lease.lane}`);
      // Released while the question was on its way: not lost.
      if (this.#held.get(lease.lane) !== lease) continue;
      if (!row) lease.abort({ cancel: false, why: 'lost' });
      else {
        lease.deadline = Math.max(lease.deadline, deadline);
        if (row.stopped) lease.abort({ cancel: true, why: 'stopped' });
        else if (row.withdrawn) lease.abort({ cancel: true, why: 'withdrawn' });
      }
    }
  }
}
