import { TurnClock } from '../../turn-clock.ts';

/** An agent that never comes to an end by itself. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

/**
 * The limits of one turn: its time, and what the agent does in it. A cut stream made one agent ask its model 73 times in 25 s,
 * without a single tool call, so messages count as well.
 */
export class TurnLimits {
  readonly #clock: TurnClock;
  readonly #tooMuch = new AbortController();
  readonly #most: number;
  readonly #counts = { calls: 0, messages: 0 };
  /** Aborts with an AgentFailure when the time is up, with `TooMuch` when there was too much of something. */
  readonly signal: AbortSignal;

  /** Runs from now on, until `stop`. @param most tool calls, and messages. */
  constructor(ms: number, most: number) {
    this.#most = most;
    this.#clock = new TurnClock(ms, (seconds) => `The turn took longer than ${seconds} s.`);
    this.signal = AbortSignal.any([this.#clock.signal, this.#tooMuch.signal]);
  }

  count(what: 'calls' | 'messages'): void {
    this.#counts[what] += 1;
    if (this.#counts[what] > this.#most)
      this.#tooMuch.abort(new TooMuch(`more than ${this.#most} ${what} in one turn`));
  }

  standStillFor<T>(work: Promise<T>): Promise<T> {
    return this.#clock.standsStillFor(work);
  }

  /** For good. */
  stop(): void {
    this.#clock.stop();
  }
}
