/** When a process may be started (again): at once, unless processes keep failing; then with pauses that double. */
export class RestartPace {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #failures = 0;
  #notBefore = 0;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** A turn was answered: what failed before is forgotten. */
  works(): void {
    this.#failures = 0;
    this.#notBefore = 0;
  }

  failedToStart(): void {
    this.#failures += 1;
    this.#pause(this.#failures - 1);
  }

  /** It had started. One crash is no pattern: a person who asks again is answered at once. */
  crashed(): void {
    this.#failures += 1;
    if (this.#failures > 1) this.#pause(this.#failures - 2);
  }

  /** Until the next start, in ms. */
  get waitMs(): number {
    return Math.max(0, this.#notBefore - performance.now());
  }

  #pause(doublings: number): void {
    this.#notBefore = performance.now() + Math.min(this.#longestMs, this.#firstMs * 2 ** Math.min(doublings, 20));
  }
}
