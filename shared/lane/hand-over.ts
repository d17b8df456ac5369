/**
 * Thrown by `run` where an item is, after a look at it, for the workers of another queue. Its lane and place stay; nothing
 * of it may have been done.
 */
export class HandOver extends Error {
  readonly queue: string;
  /** The other workers find it as though nobody had ever started it, even where an earlier holder had. */
  readonly anew: boolean;

  constructor(queue: string, { anew = false }: { readonly anew?: boolean } = {}) {
    super(`it is for the workers of ${queue}`);
    this.name = 'HandOver';
    this.queue = queue;
    this.anew = anew;
  }
}
