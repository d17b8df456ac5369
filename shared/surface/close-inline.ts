/** An emphasis that has been open for so long, or over a line's end, was none: it stays as it is written. */
const LONGEST_EMPHASIS = 400;
const LONGEST_LABEL = 200;
const LONGEST_ADDRESS = 2000;
const DEEPEST_ADDRESS = 10;
const MOST_OPEN = 100;

type Delimiter = { readonly mark: string; length: number; readonly end: number };

/** Closes what is open in one paragraph's text, and leaves out the markers at its end that are not decided yet. */
export function closeInline(text: string): string {
  return new InlineScanner(text).close();
}

/** One pass over a paragraph: it only ever moves forward, so its time is linear. */
class InlineScanner {
  readonly #text: string;
  readonly #open: Delimiter[] = [];
  readonly #brackets: number[] = [];
  readonly #lastRuns: ReadonlyMap<number, number>;
  #at = 0;
  /** The text is shown up to here. */
  #end: number;
  #codeCloser = '';
  /** A bracket that is left out, because its link is half written. */
  #bracket: number | null = null;

  constructor(text: string) {
    this.#text = text;
    this.#end = text.trimEnd().length;
    this.#lastRuns = lastBacktickRuns(text);
  }

  close(): string {
    while (this.#at < this.#end) this.#step();
    const label = this.#brackets.at(-1);
    if (this.#bracket === null && label !== undefined && this.#recent(label, LONGEST_LABEL)) this.#bracket = label;
    return this.#assemble();
  }

  #step(): void {
    const text = this.#text;
    const at = this.#at;
    switch (text[at]) {
      case '\\':
        if (at + 1 >= this.#end) this.#cut(at);
        this.#at = at + 2;
        return;
      case '`':
        this.#code(runLength(text, at));
        return;
      case '[':
        this.#brackets.push(at);
        break;
      case ']':
        this.#label(this.#brackets.pop());
        return;
      case '<':
        // The address of an autolink that is not finished.
        if (/^<[a-z][^\s<>]{0,500}$/i.test(text.slice(at, Math.min(this.#end, at + 502)))) this.#cut(at);
        break;
      case '*':
      case '_':
      case '~':
        this.#delimiter(runLength(text, at));
        return;
    }
    this.#at = at + 1;
  }

  #code(length: number): void {
    const text = this.#text;
    const start = this.#at;
    let at = start + length;
    if (at >= this.#end) {
      this.#cut(start);
      return;
    }
    if ((this.#lastRuns.get(length) ?? -1) > start) {
      // There is a run that closes it: found by going over what is code, and therefore skipped.
      for (at = text.indexOf('`', at); runLength(text, at) !== length; at = text.indexOf('`', at)) {
        at += runLength(text, at);
      }
      this.#at = at + length;
      return;
    }
    if (!this.#recent(start, LONGEST_EMPHASIS)) {
      this.#at = at;
      return;
    }
    let end = this.#end;
    while (end > at && text[end - 1] === '`') end -= 1;
    this.#cut(end);
    this.#codeCloser = '`'.repeat(length);
  }

  /** At a `]`: a link if an address follows, else plain brackets. */
  #label(open: number | undefined): void {
    const after = this.#at + 1;
    this.#at = after;
    if (open === undefined || this.#text[after] !== '(') return;
    const limit = Math.min(this.#end, after + LONGEST_ADDRESS);
    let depth = 0;
    for (let at = after; at < limit; at++) {
      const character = this.#text[at];
      if (character === '\n' || depth > DEEPEST_ADDRESS) return;
      if (character === '\\') at += 1;
      else if (character === '(') depth += 1;
      else if (character === ')') depth -= 1;
      if (depth === 0) {
        this.#at = at + 1;
        return;
      }
    }
    if (limit < this.#end) return;
    this.#bracket = open;
    this.#cut(after - 1);
  }

  #delimiter(length: number): void {
    const text = this.#text;
    const at = this.#at;
    const mark = text[at] ?? '';
    const end = at + length;
    this.#at = end;
    if (mark === '~' && length !== 2) {
      if (end >= this.#end) this.#cut(at);
      return;
    }
    const inner = this.#open.findLastIndex((delimiter) => delimiter.mark === mark);
    const match = this.#open[inner];
    if (end >= this.#end) {
      // The last thing written: it may be half of what closes, or open something, or both.
      if (match?.length === length) this.#open.length = inner;
      else this.#cut(at);
      return;
    }
    const before = kindOf(text[at - 1]);
    const after = kindOf(text[end]);
    const left = after !== 'space' && (after === 'word' || before !== 'word');
    const right = before !== 'space' && (before === 'word' || after !== 'word');
    if (match && right && (mark !== '_' || after !== 'word')) {
      this.#open.length = inner + 1;
      match.length -= length;
      if (match.length <= 0) this.#open.length = inner;
    } else if (left && (mark !== '_' || before !== 'word')) {
      if (this.#open.length >= MOST_OPEN) this.#open.shift();
      this.#open.push({ mark, length, end });
    }
  }

  #assemble(): string {
    let end = this.#end;
    let closers = this.#codeCloser;
    for (const { mark, length, end: contentStart } of this.#open.toReversed()) {
      const start = contentStart - length;
      if (!this.#recent(start, LONGEST_EMPHASIS)) continue;
      if (closers === '' && this.#isBlank(contentStart, end)) end = Math.min(end, start);
      else closers += mark.repeat(Math.max(0, length));
    }
    const bracket = this.#bracket;
    const shown =
      bracket === null || bracket >= end
        ? this.#text.slice(0, end)
        : this.#text.slice(0, this.#text[bracket - 1] === '!' ? bracket - 1 : bracket) +
          this.#text.slice(bracket + 1, end);
    return shown.trimEnd() + closers;
  }

  /** Whether nothing is to be seen between the two: a marker here would stand for itself. */
  #isBlank(from: number, to: number): boolean {
    return (
      this.#text
        .slice(from, to)
        .replace(this.#bracket === null ? '' : '[', '')
        .replace('!', '')
        .trim() === ''
    );
  }

  #recent(start: number, most: number): boolean {
    return this.#end - start <= most && !this.#text.slice(start, this.#end).includes('\n');
  }

  #cut(end: number): void {
    this.#end = Math.min(this.#end, this.#text.slice(0, end).trimEnd().length);
    this.#at = this.#end;
  }
}

function lastBacktickRuns(text: string): ReadonlyMap<number, number> {
  const runs = new Map<number, number>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) runs.set(run.length, index);
  return runs;
}

function runLength(text: string, at: number): number {
  let end = at + 1;
  while (text[end] === text[at]) end += 1;
  return end - at;
}

function kindOf(character: string | undefined): 'space' | 'punctuation' | 'word' {
  if (character === undefined || /\s/.test(character)) return 'space';
  return /[\p{P}\p{S}]/u.test(character) ? 'punctuation' : 'word';
}
