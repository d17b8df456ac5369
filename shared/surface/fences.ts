/** A code fence that is open: how it was opened, which says what closes it and how it is opened again. */
export type Fence = {
  readonly marker: string;
  /** The language, where one was named. */
  readonly language: string;
  /** Columns before the marker: inside a list item the code is set in. */
  readonly indent: number;
  /** How many `>` stand before it. */
  readonly quotes: number;
};

/**
 * The fence that is open after a line, given the one that was open before it. More generous than CommonMark with
 * indentation, because models set fences in list items any way they like.
 */
export function fenceAfter(before: Fence | null, line: string): Fence | null {
  if (before === null) return opened(line);
  const inner = withoutQuotes(line, before.quotes);
  if (inner === null) return opened(line);
  const closing = /^([ \t]*)(`{3,}|~{3,})[ \t]*$/.exec(inner);
  if (!closing) return before;
  const [, indent = '', run = ''] = closing;
  const closes = run[0] === before.marker[0] && run.length >= before.marker.length;
  return closes && indent.length <= before.indent + 3 ? null : before;
}

/** The line that closes it. */
export function closingLine(fence: Fence): string {
  return '> '.repeat(fence.quotes) + ' '.repeat(fence.indent) + fence.marker;
}

/** The line that opens it again at the beginning of a message, where no list item holds it any more. */
export function reopeningLine(fence: Fence): string {
  return '> '.repeat(fence.quotes) + fence.marker + fence.language;
}

/** A line of the code as it stands after `reopeningLine`. */
export function reopenedCode(fence: Fence, line: string): string {
  if (fence.indent === 0) return line;
  const inner = withoutQuotes(line, fence.quotes) ?? line;
  const dedented = inner.replace(new RegExp(`^[ \\t]{1,${fence.indent}}`), '');
  return '> '.repeat(fence.quotes) + dedented;
}

// The bounds keep what is repeated in each part small, whatever the text; longer runs are taken as text.
const OPENING = /^([ \t]{0,24}(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}){0,3})(?:(`{3,16})([^`]*)|(~{3,16})(?!~)(.*))$/;

function opened(line: string): Fence | null {
  if (!line.includes('```') && !line.includes('~~~')) return null;
  const quotes = Math.min(3, /^(?: {0,3}> ?)*/.exec(line)?.[0].match(/>/g)?.length ?? 0);
  const match = OPENING.exec(withoutQuotes(line, quotes) ?? line);
  if (!match) return null;
  const [, prefix = '', backticks, backtickInfo, tildes, tildeInfo] = match;
  const language = /^[\w+#.-]{1,32}/.exec((backtickInfo ?? tildeInfo ?? '').trim())?.[0] ?? '';
  return { marker: backticks ?? tildes ?? '```', language, indent: prefix.length, quotes };
}

/** The line without so many `>`; null where it has fewer, and so does not belong to the quote. */
function withoutQuotes(line: string, quotes: number): string | null {
  let rest = line;
  for (let depth = 0; depth < quotes; depth++) {
    const quote = /^ {0,3}> ?/.exec(rest);
    if (!quote) return null;
    rest = rest.slice(quote[0].length);
  }
  return rest;
}
