/** The beginning of a text that is too long, not cut within a character, with “…” as its last one. @param most of all. */
export function cutText(text: string, most: number): string {
  return text.length > most
    ? `${text
        .slice(0, most - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`
    : text;
}
