/**
 * Thrown by `run` where the item may not begin now (a limit, a pause): it is put back as though it had never been
 * started, its lane waits, and amendments still apply to it. Nothing of it may have been done.
 */
export class NotYet extends Error {
  /** Until it is tried again, in milliseconds. */
  readonly waitMs: number;

  constructor(waitMs: number, reason: string) {
    super(reason);
    this.name = 'NotYet';
    this.waitMs = waitMs;
  }
}
