import { AgentFailure } from './adapter.ts';

/** setTimeout takes no longer times. */
const LONGEST_MS = 2 ** 31 - 1;

/** The time of one turn, which stands still while a person is asked, also several things at once. */
export class TurnClock {
  readonly #abort = new AbortController();
  readonly #wholeMs: number;
  readonly #late: (seconds: number) => string;
  #leftMs: number;
  #since = 0;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** Runs from now on, until `stop`. @param late what the failure says. */
  constructor(ms: number, late = (seconds: number) => `the turn took longer than ${seconds} s`) {
    this.#late = late;
    this.#wholeMs = Math.min(ms, LONGEST_MS);
    this.#leftMs = this.#wholeMs;
    this.#go();
  }

  /** Aborts with an AgentFailure when the time is up. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async standsStillFor<T>(work: Promise<T>): Promise<T> {
    this.#waiting += 1;
    if (this.#waiting === 1) {
      clearTimeout(this.#timer);
      this.#leftMs -= performance.now() - this.#since;
    }
    try {
      return await work;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#go();
    }
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #go(): void {
    // Who was asked may answer when the turn is over.
    if (this.#stopped) return;
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.#abort.abort(this.#failure()), Math.max(0, this.#leftMs));
  }

  #failure(): AgentFailure {
    return new AgentFailure('internal', this.#late(Math.round(this.#wholeMs / 1000)));
  }
}
