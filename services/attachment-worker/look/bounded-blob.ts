import { setImmediate as nextTurn } from 'node:timers/promises';

/** What the reader of an untrusted file may ask for in all, before it is stopped. */
export type ReadLimits = {
  /** Bytes of one read. Parsers ask for as much as a header says, and a header says what its author likes. */
  readonly oneRead: number;
  /** Bytes of all reads. */
  readonly bytes: number;
  /** Reads. Loops of a parser that do not advance end here. */
  readonly reads: number;
  /** Of `performance.now()`. */
  readonly until: number;
};

/** A parser asked for more than it may; what it has found out so far can still be right. */
export class ReadLimitError extends Error {}

/** Reads into `target` from a position; fewer bytes only at the end of the file. */
export type ReadAt = (target: Uint8Array, position: number) => Promise<number>;

/** Headers are small and lie close together: most reads of a parser come out of the window of the last one. */
const WINDOW_BYTES = 16 * 1024;
/** Reads out of the window never leave the event loop by themselves; after so many of them others get their turn. */
const READS_A_TURN = 256;

/**
 * A Blob over a file of which never more than the limits is read. Both parsers of media take a Blob, and read from it by
 * `slice(…).arrayBuffer()` only; so their loops and allocations are bounded here, whatever the file says.
 * Reads beyond a limit reject with `ReadLimitError`.
 */
export class BoundedBlob extends Blob {
  readonly #file: { readonly readAt: ReadAt; readonly meter: Meter; window: Uint8Array; windowAt: number };
  readonly #start: number;
  readonly #end: number;
  override readonly size: number;
  override readonly type: string;

  constructor(
    from: { readAt: ReadAt; limits: ReadLimits } | BoundedBlob,
    range: { start: number; end: number; type: string },
  ) {
    super([]);
    this.#file =
      from instanceof BoundedBlob
        ? from.#file
        : { readAt: from.readAt, meter: new Meter(from.limits), window: new Uint8Array(0), windowAt: 0 };
    this.#start = range.start;
    this.#end = Math.max(range.start, range.end);
    this.size = this.#end - this.#start;
    this.type = range.type;
  }

  override slice(from = 0, to = this.size): BoundedBlob {
    const start = this.#start + Math.min(Math.max(from, 0), this.size);
    return new BoundedBlob(this, { start, end: Math.min(this.#start + to, this.#end), type: this.type });
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const length = this.size;
    const reads = this.#file.meter.count(length);
    if (reads % READS_A_TURN === 0) await nextTurn();
    const bytes = new Uint8Array(length);
    if (length > WINDOW_BYTES) {
      await this.#file.readAt(bytes, this.#start);
      return bytes.buffer;
    }
    const { window, windowAt } = this.#file;
    if (this.#start < windowAt || this.#end > windowAt + window.length) await this.#moveWindow();
    const at = this.#start - this.#file.windowAt;
    bytes.set(this.#file.window.subarray(at, at + length));
    return bytes.buffer;
  }

  async #moveWindow(): Promise<void> {
    const target = new Uint8Array(WINDOW_BYTES);
    const read = await this.#file.readAt(target, this.#start);
    this.#file.window = target.subarray(0, read);
    this.#file.windowAt = this.#start;
  }
}

/** Adds up what was read. */
class Meter {
  readonly #limits: ReadLimits;
  #bytes = 0;
  #reads = 0;

  constructor(limits: ReadLimits) {
    this.#limits = limits;
  }

  /** How many reads there have been; throws where one limit is passed. */
  count(length: number): number {
    this.#bytes += length;
    this.#reads += 1;
    const { oneRead, bytes, reads, until } = this.#limits;
    if (length > oneRead) throw new ReadLimitError(`a read of ${length} bytes, ${oneRead} allowed`);
    if (this.#bytes > bytes) throw new ReadLimitError(`more than ${bytes} bytes read`);
    if (this.#reads > reads) throw new ReadLimitError(`more than ${reads} reads`);
    if (performance.now() > until) throw new ReadLimitError('out of time');
    return this.#reads;
  }
}
