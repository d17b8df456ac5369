import { AgentFailure } from '../../adapter.ts';

/** setTimeout takes no longer times. */
const LONGEST_MS = 2 ** 31 - 1;

/** An agent that never comes to an end by itself. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

/**
 * The limits of one turn: its time, which stands still while a person is asked, also several things at once; and what the agent
 * does in it. A cut stream made one agent ask its model 73 times in 25 s, without a single tool call, so messages count as well.
 */
export class TurnLimits {
  readonly #abort = new AbortController();
  readonly #wholeMs: number;
  readonly #most: number;
  readonly #counts = { calls: 0, messages: 0 };
  #leftMs: number;
  #since = 0;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** Runs from now on, until `stop`. @param most tool calls, and messages. */
  constructor(ms: number, most: number) {
    this.#wholeMs = Math.min(ms, LONGEST_MS);
    this.#leftMs = this.#wholeMs;
    this.#most = most;
    this.#go();
  }

  /** Aborts with an AgentFailure when the time is up, with `TooMuch` when there was too much of something. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  count(what: 'calls' | 'messages'): void {
    this.#counts[what] += 1;
    if (this.#counts[what] > this.#most) this.#abort.abort(new TooMuch(`more than ${this.#most} ${what} in one turn`));
  }

  async standStillFor<T>(work: Promise<T>): Promise<T> {
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
    this.#timer = setTimeout(() => this.#abort.abort(this.#late()), Math.max(0, this.#leftMs));
  }

  #late(): AgentFailure {
    return new AgentFailure('internal', `The turn took longer than ${Math.round(this.#wholeMs / 1000)} s.`);
  }
}
