/**
 * The time of one call: up unless it is wound again within `eachMs`, and after `mostMs` in any case. Its signal also aborts
 * with the caller’s, but never with the caller’s reason, because the client tells the server why.
 */
export class CallClock {
  isUp = false;
  readonly #own = new AbortController();
  readonly #caller: AbortSignal;
  readonly #eachMs: number;
  readonly #deadline: number;
  readonly #stop = () => this.#own.abort('cancelled');
  #timer: NodeJS.Timeout | undefined;

  constructor(caller: AbortSignal, eachMs: number, mostMs: number) {
    this.#caller = caller;
    this.#eachMs = eachMs;
    this.#deadline = performance.now() + mostMs;
    if (caller.aborted) this.#stop();
    else caller.addEventListener('abort', this.#stop, { once: true });
    this.wind();
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  wind(): void {
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#deadline - performance.now());
    this.#timer = setTimeout(
      () => {
        this.isUp = true;
        this.#own.abort('timed out');
      },
      Math.min(this.#eachMs, left),
    );
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#stop);
  }
}
