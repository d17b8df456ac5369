/**
 * Text that every later station takes: Postgres' jsonb refuses NUL and lone surrogates, and one such message would have
 * the whole page of events refused, over and over. Both become U+FFFD, as a browser shows them.
 */
export function cleanText(text: string): string {
  const formed = text.isWellFormed() ? text : text.toWellFormed();
  return formed.includes('\0') ? formed.replaceAll('\0', '\uFFFD') : formed;
}

/** Older clients repeat what they reply to in front of the text: lines that begin with `> `, then an empty one. */
export function withoutReplyFallback(text: string): string {
  if (!text.startsWith('> ')) return text;
  const lines = text.split('\n');
  const first = lines.findIndex((line) => !line.startsWith('>'));
  if (first === -1 || lines[first]?.trim() !== '') return text;
  return lines.slice(first + 1).join('\n');
}
