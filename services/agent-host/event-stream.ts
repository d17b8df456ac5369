/** Where frames of a turn go: one client's connection. */
export type Outlet = {
  /** False while the client is slower than what it is sent; `resume` follows. */
  readonly writable: boolean;
  readonly send: (frame: string) => void;
};

/**
 * The frames of one turn and who is reading them. Each reader has a place in the same frames, so a slow one costs a
 * number and not a copy, and a new one is replayed to by being put at an earlier place.
 */
export class EventStream {
  readonly #frames: string[];
  /** In the order in which they attached. */
  readonly #readers = new Map<Outlet, { next: number }>();

  constructor(frames: string[] = []) {
    this.#frames = frames;
  }

  get lastSeq(): number {
    return this.#frames.length;
  }

  get frames(): readonly string[] {
    return this.#frames;
  }

  /** The seq of the first frame that is still there. */
  get firstSeq(): number {
    return this.#frames.findIndex((frame) => frame !== '') + 1;
  }

  /** Somebody is attached who has not got everything. */
  get isRead(): boolean {
    for (const { next } of this.#readers.values()) if (next < this.#frames.length) return true;
    return false;
  }

  push(frame: string): void {
    this.#frames.push(frame);
    for (const outlet of this.#readers.keys()) this.resume(outlet);
  }

  /** Replays what comes after `afterSeq`, then sends live. Attached again, it becomes the newest. */
  attach(outlet: Outlet, afterSeq: number): void {
    this.#readers.delete(outlet);
    this.#readers.set(outlet, { next: Math.min(afterSeq, this.#frames.length) });
    this.resume(outlet);
  }

  detach(outlet: Outlet): void {
    this.#readers.delete(outlet);
  }

  resume(outlet: Outlet): void {
    const reader = this.#readers.get(outlet);
    if (!reader) return;
    while (reader.next < this.#frames.length && outlet.writable) {
      const frame = this.#frames[reader.next++];
      if (frame) outlet.send(frame);
    }
  }

  /** Whether nobody attached after this one did. */
  isNewest(outlet: Outlet): boolean {
    const newest = [...this.#readers.keys()].at(-1);
    return newest === undefined || newest === outlet;
  }
}
