import { type Fence, fenceAfter } from './fences.ts';

/**
 * An answer's text cut where something else stands in the chat between its messages, such as a file. A place counts if it
 * is a border of paragraphs, outside of a fence, with text on both sides; at any other the text goes on in one message.
 * As with the cuts by size, a piece depends on nothing but the text up to its end.
 * @param places indexes into the text, growing.
 */
export function piecesOf(text: string, places: readonly number[]): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const place of places) {
    if (place <= start || !isBorder(text, start, place)) continue;
    pieces.push(text.slice(start, place));
    start = place;
  }
  return [...pieces, text.slice(start)];
}

function isBorder(text: string, start: number, place: number): boolean {
  const before = text.slice(start, place);
  const after = text.slice(place);
  if (before.trim() === '' || after.trim() === '') return false;
  if (!/\n[ \t\r]*\n[ \t\r]*$/.test(before) && !/^[ \t\r]*\n[ \t\r]*\n/.test(after)) return false;
  let fence: Fence | null = null;
  for (const line of before.split('\n')) fence = fenceAfter(fence, line);
  return fence === null;
}
