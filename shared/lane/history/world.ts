import { SurfacesError } from '../../errors/surfaces-error.ts';
import { sleep } from '../../time/time.ts';
import type { PendingSend, RunSql } from '../lane.ts';
import type { HistoryEvent } from './history.ts';
import type { Random } from './random.ts';

/** How much goes wrong, as probabilities of each call. All zero: nothing does. */
export type Faults = {
  /** A statement fails before or after it was done. */
  readonly cut: number;
  /** A worker stands still for longer than a lease, in the middle of a statement or a delivery. */
  readonly stall: number;
  /** A delivery fails before or after it was heard. */
  readonly refuse: number;
  /** A wake gets lost. */
  readonly wakeLost: number;
  /** A worker is killed, at each of its statements and deliveries. */
  readonly kill: number;
};

export const NO_FAULTS: Faults = { cut: 0, stall: 0, refuse: 0, wakeLost: 0, kill: 0 };

/** Of a process. An immortal one meets every fault but its death. */
export type Life = { dead: boolean; pausedUntil?: number; readonly immortal?: true };

/** What workers are in: the way to the database, those they talk to, and everything that can happen to both. */
export class World {
  readonly events: HistoryEvent[] = [];
  faults: Faults;
  readonly random: Random;
  readonly leaseMs: number;
  readonly #sql: RunSql;
  readonly #newest = new Map<string, number>();

  constructor(sql: RunSql, random: Random, faults: Faults, leaseMs: number) {
    this.#sql = sql;
    this.random = random;
    this.faults = faults;
    this.leaseMs = leaseMs;
  }

  /** The database as a worker that may be killed sees it. A dead worker's calls never return and never arrive. */
  sqlOf(life: Life): RunSql {
    return async <Row>(statement: Parameters<RunSql>[0], values: readonly unknown[] = []): Promise<Row[]> => {
      await this.#trouble(life);
      if (this.random.chance(this.faults.cut / 2)) throw new SurfacesError('database_unavailable', 'cut before');
      const rows = await this.#sql<Row>(statement, values);
      this.#observe(statement.name, values, rows);
      if (life.dead) await new Promise(() => {});
      if (this.random.chance(this.faults.cut / 2)) throw new SurfacesError('database_unavailable', 'cut after');
      return rows;
    };
  }

  /** Says something to those outside, who hear each operation id once. */
  async hear(life: Life, lane: string, send: PendingSend): Promise<void> {
    await this.#trouble(life);
    if (this.random.chance(this.faults.refuse / 2)) throw new SurfacesError('matrix_unavailable', 'before');
    const { key, epoch } = send.body as { key: string; epoch: number };
    this.events.push({ type: 'said', lane, key, op: send.op, epoch });
    await sleep(this.random.below(3));
    if (life.dead) await new Promise(() => {});
    if (this.random.chance(this.faults.refuse / 2)) throw new SurfacesError('matrix_unavailable', 'after');
  }

  async #trouble(life: Life): Promise<void> {
    // The whole process stands still: its heartbeats too, and what it was about to do arrives afterwards.
    if (this.random.chance(this.faults.stall)) {
      life.pausedUntil = performance.now() + this.leaseMs * (1 + this.random.below(100) / 100);
    }
    const pause = (life.pausedUntil ?? 0) - performance.now();
    if (pause > 0) await sleep(pause);
    if (!life.immortal && this.random.chance(this.faults.kill)) life.dead = true;
    if (life.dead) await new Promise(() => {});
  }

  /** What the database said, also where its answer then gets lost. */
  #observe(name: string, values: readonly unknown[], rows: readonly unknown[]): void {
    const lane = values[0] as string;
    if (name === 'lane_acquire') {
      const { epoch } = (rows[0] as { lane: { epoch?: number } }).lane;
      if (epoch !== undefined) this.#newest.set(lane, Math.max(epoch, this.#newest.get(lane) ?? 0));
    } else if (name === 'lane_commit' && (rows[0] as { held: number }).held === 1) {
      const newest = this.#newest.get(lane) ?? 0;
      this.events.push({ type: 'committed', lane, seq: values[2] as number, epoch: values[1] as number, newest });
    }
  }
}
