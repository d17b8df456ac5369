import { reach } from './event-cost.ts';
import { closingLine, type Fence, fenceAfter, reopenedCode, reopeningLine } from './fences.ts';
import { withoutHalfCharacter } from './half-character.ts';

/**
 * UTF-8 bytes of Markdown in one message. An event holds 65,536 bytes, and an edit carries its text twice, once as
 * HTML (× 1.1–1.3): 16,000 bytes make 35–40 KB, which leaves room for markup-heavy text, and keeps each edit cheap for
 * the homeserver. Text that costs more than its bytes say is cut earlier, by `EVENT_COST`.
 */
export const DEFAULT_PART_BYTES = 16_000;
/** Of the 60,000 bytes that a content may have, what the two copies of the text may take; the rest is for the note. */
const EVENT_COST = 56_000;
/** Kept free in each part for the line that closes a cut fence, and for the one that opens it again. */
const FENCE_RESERVE = 160;
const SMALLEST_PART_BYTES = 400;

export type Part = { readonly text: string; readonly last: boolean };

/**
 * The messages that an answer takes: at least one, the last one growing. Cut at a border of paragraphs or fences, else
 * of lines, else of words, else between characters. The parts before the last depend only on text up to where the
 * part overflowed, so that they stay as they are when the answer grows, and are the same when it is told again.
 * Joined by a blank line they are the whole answer; a fence that is cut is closed, and opened again.
 */
export function splitAnswer(text: string, limits: { maxBytes: number } = { maxBytes: DEFAULT_PART_BYTES }): Part[] {
  const whole = withoutHalfCharacter(text.trimEnd());
  const room = {
    bytes: Math.max(SMALLEST_PART_BYTES, limits.maxBytes) - FENCE_RESERVE,
    cost: EVENT_COST - 4 * FENCE_RESERVE,
  };
  const parts: Part[] = [];
  let start = skipBlankLines(whole, 0);
  let fence: Fence | null = null;
  for (;;) {
    const end = reach(whole, start, room);
    if (end >= whole.length) {
      parts.push({ text: partText(whole.slice(start), fence, null), last: true });
      return parts;
    }
    const cut = chooseCut(whole, start, end, fence);
    parts.push({ text: partText(whole.slice(start, cut.at), fence, cut.fence), last: false });
    start = cut.next;
    fence = cut.fence;
  }
}

type Cut = {
  /** The part ends before this index, the next begins at that one. */
  readonly at: number;
  readonly next: number;
  /** What is open at the cut. */
  readonly fence: Fence | null;
};

function chooseCut(text: string, start: number, end: number, open: Fence | null): Cut {
  // A border in the first quarter would leave the part mostly empty: a worse border further on is better.
  const earliest = start + (end - start) / 4;
  let border: Cut | null = null;
  let lineBreak: Cut | null = null;
  let fence = open;
  let lineStart = start;
  for (;;) {
    const lineEnd = text.indexOf('\n', lineStart);
    if (lineEnd === -1 || lineEnd > end) break;
    const line = text.slice(lineStart, lineEnd);
    const before = fence;
    fence = fenceAfter(fence, line);
    if (fence !== null && before === null && lineStart > earliest) {
      border = { at: lineStart - 1, next: lineStart, fence: null };
    }
    if (lineEnd > earliest && line.trim() !== '') {
      const next = fence === null ? skipBlankLines(text, lineEnd + 1) : lineEnd + 1;
      const cut = { at: lineEnd, next, fence };
      const closed = fence === null && before !== null;
      const paragraph = fence === null && next > lineEnd + 1 && !/^ {0,3}#/.test(line);
      if (closed || paragraph) border = cut;
      // Straight after the line that opens a fence, the part would end with an empty box.
      else if (fence === null || before !== null) lineBreak = cut;
    }
    lineStart = lineEnd + 1;
  }
  // Here `fence` is what is open in the line that overflows.
  return border ?? lineBreak ?? { ...insideLine(text, Math.max(start, lineStart), end, earliest), fence };
}

function insideLine(text: string, lineStart: number, end: number, earliest: number): { at: number; next: number } {
  const space = text.lastIndexOf(' ', end);
  if (space > earliest && space > lineStart) return { at: space, next: space + 1 };
  const at = graphemeBorder(text, lineStart, end);
  return { at, next: at };
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** A grapheme longer than this is an attack on fonts, and is cut between its code points. */
const LONGEST_GRAPHEME = 64;

/** The last border between two visible characters that is not behind `end`, itself a border of code points. */
function graphemeBorder(text: string, start: number, end: number): number {
  const from = Math.max(start, end - LONGEST_GRAPHEME);
  const next = String.fromCodePoint(text.codePointAt(end) ?? 0x20);
  let border = end;
  for (const { index } of SEGMENTER.segment(text.slice(from, end) + next)) border = from + index;
  return border > from ? border : end;
}

function partText(slice: string, open: Fence | null, stillOpen: Fence | null): string {
  const text = open === null ? slice : `${reopeningLine(open)}\n${reopened(slice, open)}`;
  return stillOpen === null
    ? text
    : `${text}\n${closingLine(open === stillOpen ? { ...stillOpen, indent: 0 } : stillOpen)}`;
}

/** The code at the beginning of a part, set in as its new opening line is: up to the line that closes it. */
function reopened(slice: string, open: Fence): string {
  if (open.indent === 0) return slice;
  const lines = slice.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    lines[index] = reopenedCode(open, line);
    if (fenceAfter(open, line) !== open) break;
  }
  return lines.join('\n');
}

/** From the beginning of a line: past lines of white space, to the beginning of one that has more. */
function skipBlankLines(text: string, from: number): number {
  const blank = /(?:[ \t\r]*\n)*/y;
  blank.lastIndex = from;
  blank.exec(text);
  return blank.lastIndex;
}
