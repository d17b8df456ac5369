/**
 * Thrown by `run` where an item is, after a look at it, for the workers of another queue. Its lane and place stay; nothing
 * of it may have been done.
 */
export class HandOver extends Error {
  readonly queue: string;

  constructor(queue: string) {
    super(`it is for the workers of ${queue}`);
    this.name = 'HandOver';
    this.queue = queue;
  }
}
