const CLEAR_TO_END = '\x1b[0J';

/**
 * What to write so that a terminal that shows `drawn`, with the cursor at the start of the line after it, shows `next`.
 * Only what differs is written, so that a growing message does not flicker; lines that have left the screen stay as
 * they are.
 */
export function redraw(drawn: readonly string[], next: readonly string[], rows: number): string {
  let same = 0;
  while (same < drawn.length && same < next.length && drawn[same] === next[same]) same++;
  const from = Math.max(same, drawn.length - Math.max(1, rows - 1));
  const up = drawn.length - from;
  const rest = next.slice(from);
  if (up === 0 && rest.length === 0) return '';
  return `${up > 0 ? `\x1b[${up}A` : ''}\r${CLEAR_TO_END}${rest.map((line) => `${line}\n`).join('')}`;
}
