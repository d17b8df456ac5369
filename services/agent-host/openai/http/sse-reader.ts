/** One event of an event stream; `data` may have several lines. */
export type SseEvent = { readonly event: string; readonly data: string };

/** Characters of one line. A model's answer comes in pieces; what is longer than this is no answer. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_END = /\r\n?|\n/g;

/**
 * Reads `text/event-stream` (HTML standard, 9.2.6) from bytes that are cut anywhere. Comments and unknown fields are left
 * out. Unlike the standard it takes an event that the end of the stream cuts off before its blank line: servers that
 * close early have said all of it.
 */
export class SseReader {
  readonly #decoder = new TextDecoder();
  /** The line that has no end yet: joined once, when it has, so that a long one is not copied with every chunk. */
  #line: string[] = [];
  #length = 0;
  #endedByCr = false;
  #event = '';
  #data: string[] = [];

  /** A line of data has begun. */
  get isInData(): boolean {
    return this.#line[0]?.startsWith('d') ?? false;
  }

  /** @throws RangeError for a line of more than 16 Mi characters. */
  push(bytes: Uint8Array): SseEvent[] {
    return this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The stream is over. @returns what was left. */
  end(): SseEvent[] {
    // The first blank line dispatches, if a line was open it ends it.
    return this.#take(`${this.#decoder.decode()}\n\n`);
  }

  #take(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    // `\r\n` may be cut in two.
    let from = this.#endedByCr && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#endedByCr = text.endsWith('\r');
    LINE_END.lastIndex = from;
    for (let end = LINE_END.exec(text); end; end = LINE_END.exec(text)) {
      this.#hold(text.slice(from, end.index));
      from = LINE_END.lastIndex;
      const event = this.#lineIs(this.#line.join(''));
      if (event) events.push(event);
      this.#line = [];
      this.#length = 0;
    }
    this.#hold(text.slice(from));
    return events;
  }

  #hold(piece: string): void {
    if (piece === '') return;
    this.#length += piece.length;
    if (this.#length > LONGEST_LINE) throw new RangeError('a line of the event stream is too long');
    this.#line.push(piece);
  }

  #lineIs(line: string): SseEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (name === 'data') this.#data.push(value);
    if (name === 'event') this.#event = value;
    return undefined;
  }

  #dispatch(): SseEvent | undefined {
    const event = { event: this.#event, data: this.#data.join('\n') };
    this.#event = '';
    this.#data = [];
    return event.data === '' ? undefined : event;
  }
}
