import { closeInline } from './close-inline.ts';
import { closingLine, type Fence, fenceAfter } from './fences.ts';
import { withoutHalfCharacter } from './half-character.ts';
import { withoutHalfTable } from './half-table.ts';

/**
 * The beginning of a Markdown text, fit to be shown while the rest is being written: an open fence, emphasis or code
 * span is closed, a marker that may become anything, a half-written link, table row or character is left out. Words
 * are not. Time is linear in the length.
 */
export function closeOpenMarkup(partial: string): string {
  const text = withoutHalfCharacter(partial);
  const { fence, fenceStart, blockStart, lineStart } = scan(text);
  const line = text.slice(lineStart);
  if (fence !== null) return closeFence(text, fence, fenceStart, lineStart);
  const kept = isBareMarker(line) ? text.slice(0, lineStart) : text;
  const block = withoutHalfTable(kept.slice(blockStart));
  const before = text.slice(0, blockStart);
  return (block.isTable ? before + block.text : before + closeInline(block.text)).trimEnd();
}

type Place = {
  readonly fence: Fence | null;
  readonly fenceStart: number;
  /** Where the paragraph, list item, heading or table begins that is being written. */
  readonly blockStart: number;
  /** Where the last line begins; it is not finished. */
  readonly lineStart: number;
};

function scan(text: string): Place {
  let fence: Fence | null = null;
  let fenceStart = 0;
  let blockStart = 0;
  let lineStart = 0;
  for (;;) {
    const lineEnd = text.indexOf('\n', lineStart);
    const line = text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd);
    const before: Fence | null = fence;
    // A closing line counts once it is whole: it may yet turn out to be code.
    fence = fenceAfter(before, line);
    if (fence !== before) {
      if (fence !== null) fenceStart = lineStart;
      blockStart = lineEnd === -1 ? text.length : lineEnd + 1;
    } else if (fence === null) {
      if (beginsBlock(line)) blockStart = lineStart;
      if (lineEnd !== -1 && endsBlock(line)) blockStart = lineEnd + 1;
    }
    if (lineEnd === -1) return { fence, fenceStart, blockStart, lineStart };
    lineStart = lineEnd + 1;
  }
}

function beginsBlock(line: string): boolean {
  return /^[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t])/.test(line);
}

function endsBlock(line: string): boolean {
  return line.trim() === '' || /^ {0,3}#{1,6}[ \t]/.test(line);
}

function closeFence(text: string, fence: Fence, fenceStart: number, lineStart: number): string {
  const line = text.slice(lineStart);
  const half = lineStart > fenceStart && isHalfOf(fence, line);
  const code = (half ? text.slice(0, lineStart) : text).trimEnd();
  // Without a line of code it would be an empty box, of which the language is still being written.
  const opened = code.indexOf('\n', fenceStart) !== -1;
  return opened ? `${code}\n${closingLine(fence)}` : text.slice(0, fenceStart).trimEnd();
}

/** Whether a line may become the one that closes the fence. */
function isHalfOf(fence: Fence, line: string): boolean {
  const run = line.replace(/^[ \t>]*/, '');
  return run.length < fence.marker.length && run === fence.marker.slice(0, run.length);
}

/** A line of markers alone: a list item, heading, rule, quote or fence to come, or what would make the line before a heading. */
function isBareMarker(line: string): boolean {
  if (line.length > 200) return false;
  return /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:#{1,6}|[-=]+|[-*_ ]+|\++|`+|~+|\d{1,9}[.)])?[ \t]*$/.test(line);
}
