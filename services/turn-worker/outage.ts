/**
 * How long the agent host has been away, as this process sees it. It is counted for all rooms together: messages of an
 * outage wait in their order, and once it has lasted too long none of them waits as long again.
 */
export class Outage {
  #since: number | null = null;

  /** It does not answer. @returns for how long by now, in milliseconds. */
  goesOn(): number {
    const now = performance.now();
    this.#since ??= now;
    return now - this.#since;
  }

  /** It has answered. */
  isOver(): void {
    this.#since = null;
  }
}
