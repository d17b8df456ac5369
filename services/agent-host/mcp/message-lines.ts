import { MOST_MESSAGE_BYTES, TOO_LONG } from './pace.ts';

/** Cuts a stream of bytes into lines. The pieces of a long one are joined once, when it has an end. */
export class MessageLines {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** @throws Error for a line that is too long. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      this.#keep(chunk.subarray(from, end));
      lines.push(Buffer.concat(this.#pieces).toString('utf8'));
      this.#pieces = [];
      this.#bytes = 0;
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines;
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > MOST_MESSAGE_BYTES) {
      this.#pieces = [];
      throw new Error(TOO_LONG);
    }
    if (piece.length > 0) this.#pieces.push(piece);
  }
}
