/**
 * Thrown by `run` where an item that has begun waits for something from outside that may take hours: it is put back as it
 * is, without a lease and without a worker. It stays the head of its lane, and nothing behind it runs. `nudge` says that
 * what it waits for has happened; then, or when `waitMs` are over, it is run again, `resumed`. It may be run again for less
 * (something new in its lane): it parks again.
 */
export class Parked extends Error {
  /** The longest that it waits, in milliseconds. */
  readonly waitMs: number;

  constructor(waitMs: number) {
    super('it waits for something from outside');
    this.name = 'Parked';
    this.waitMs = waitMs;
  }
}
