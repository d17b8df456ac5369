/** One restart for all who wait for it: it is done when each of them has come here, or has left without. */
export class RestartBarrier {
  readonly #restart: () => Promise<void>;
  readonly #done = Promise.withResolvers<number>();
  #awaited: number;

  constructor(parties: number, restart: () => Promise<void>) {
    this.#awaited = parties;
    this.#restart = restart;
    this.#done.promise.catch(() => {});
  }

  /** @returns when the restart began, as `performance.now`. */
  arrive(): Promise<number> {
    this.#count();
    return this.#done.promise;
  }

  /** Fails or is done before the restart. */
  leave(): void {
    this.#count();
  }

  #count(): void {
    this.#awaited -= 1;
    if (this.#awaited !== 0) return;
    const since = performance.now();
    this.#restart().then(() => this.#done.resolve(since), this.#done.reject);
  }
}
