const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Pictures and the scripts whose letters take two cells. */
const WIDE =
  /\p{Emoji_Presentation}|\p{Regional_Indicator}|\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u;

/** The cells of a terminal that a text without escape sequences takes. */
export function textWidth(text: string): number {
  // Nearly all text is this; the segmenter costs a hundred times more.
  if (/^[\x20-\x7E]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of SEGMENTER.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/**
 * Breaks a text into lines of at most `width` cells, at spaces where there are some. Lines that began with spaces or a
 * list mark go on under their text. The lines of a text that grew at its end are the same but for the last ones.
 */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  if (textWidth(line) <= width) return [line];
  const indent = ' '.repeat(Math.min(/^\s*(?:[-*•>]|\d+\.)?\s*/.exec(line)?.[0].length ?? 0, Math.floor(width / 3)));
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<= )/)) {
    if (current.trim() !== '' && textWidth(current + word.trimEnd()) > width) {
      lines.push(current.trimEnd());
      current = indent;
    }
    current += word;
    while (textWidth(current.trimEnd()) > width) {
      const fits = fitting(current, width);
      lines.push(current.slice(0, fits));
      current = indent + current.slice(fits);
    }
  }
  if (current.trim() !== '') lines.push(current.trimEnd());
  return lines;
}

/** How many code units of a text fit into `width` cells; at least one character. */
function fitting(text: string, width: number): number {
  let cells = 0;
  for (const { segment, index } of SEGMENTER.segment(text)) {
    cells += WIDE.test(segment) ? 2 : 1;
    if (cells > width && index > 0) return index;
  }
  return text.length;
}
