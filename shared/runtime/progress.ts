import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Readiness } from './health.ts';

/** In milliseconds; longer than anything that a process which is well, idle or loaded, ever takes. */
export type ProgressLimits = {
  /** Without progress for so long: not ready. */
  readonly unreadyMs: number;
  /** Without a sign of life, not even a failed try, for so long: the process ends, to be started again. */
  readonly endMs: number;
};

/** How often is looked. */
const LOOK_MS = 1_000;
/**
 * Silence is counted in looks, each of which counts for two of them at most: a process that was stopped, swapped out or asleep with
 * its machine could not move, and has not been silent.
 */
const LOOKS_AT_MOST = 2;

/** One kind of work of a process: whether it gets on. Nothing is expected until it has begun. */
export class Progress {
  readonly what: string;
  readonly limits: ProgressLimits;
  #expected = false;
  #stillMs = 0;
  #silentMs = 0;
  #failure: string | undefined;

  constructor(what: string, limits: ProgressLimits) {
    this.what = what;
    this.limits = limits;
  }

  /** There is work: from now on it is to move within the limits, until it is idle. */
  begun(): void {
    this.#expected = true;
    this.moved();
  }

  /** It got on. Without meaning while it is idle. */
  moved(): void {
    this.#stillMs = 0;
    this.#silentMs = 0;
    this.#failure = undefined;
  }

  /** It was tried and did not work: no progress, and a sign of life. What is away comes back without a restart. */
  failed(problem: string): void {
    this.#silentMs = 0;
    this.#failure = problem;
  }

  /** Nothing is to be done, or what it needs is known to be away. */
  idle(): void {
    this.#expected = false;
    this.moved();
  }

  /** `ms` more have passed. */
  pass(ms: number): void {
    if (!this.#expected) return;
    this.#stillMs += ms;
    this.#silentMs += ms;
  }

  /** Why the process is not ready, if so. */
  problem(): string | undefined {
    if (this.#stillMs < this.limits.unreadyMs) return undefined;
    const why = this.#failure === undefined ? '' : `: ${this.#failure}`;
    return `has not moved for ${Math.round(this.#stillMs / 1_000)} s${why}`;
  }

  isDead(): boolean {
    return this.#silentMs >= this.limits.endMs;
  }
}

/** All that has to move in one process. What does not is said in `/ready`, and ends the process at last. */
export class ProgressWatch {
  readonly #all = new Set<Progress>();
  readonly #unmet = new Set<Progress>();
  readonly #readiness: Pick<Readiness, 'met' | 'unmet'>;
  readonly #fail: (error: unknown) => void;
  readonly #lookMs: number;
  readonly #timer: NodeJS.Timeout;
  #lookedAt = performance.now();
  #dead = false;

  /** @param fail called once, with a SurfacesError `stalled`. @param lookMs for tests: how often is looked. */
  constructor(readiness: Pick<Readiness, 'met' | 'unmet'>, fail: (error: unknown) => void, lookMs: number = LOOK_MS) {
    this.#readiness = readiness;
    this.#fail = fail;
    this.#lookMs = lookMs;
    this.#timer = setInterval(() => this.look(), lookMs);
    this.#timer.unref();
  }

  /** @param what stands in `/ready` as the need, and in the log. */
  of(what: string, limits: ProgressLimits): Progress {
    const progress = new Progress(what, limits);
    this.#all.add(progress);
    return progress;
  }

  /** False when something stands still for good: a watchdog of the process is not to be fed any more. */
  healthy(): boolean {
    return !this.#dead;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** @param now of the monotonic clock, in milliseconds. */
  look(now: number = performance.now()): void {
    const passed = Math.min(now - this.#lookedAt, this.#lookMs * LOOKS_AT_MOST);
    this.#lookedAt = now;
    for (const progress of this.#all) {
      progress.pass(passed);
      const problem = progress.problem();
      if (problem !== undefined) {
        this.#unmet.add(progress);
        this.#readiness.unmet(progress.what, problem);
      } else if (this.#unmet.delete(progress)) this.#readiness.met(progress.what);
      if (progress.isDead() && !this.#dead) {
        this.#dead = true;
        this.#fail(new SurfacesError('stalled', `${progress.what}: ${problem ?? 'no sign of life'}`));
      }
    }
  }
}
