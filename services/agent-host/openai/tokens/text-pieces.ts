/** A run of letters without an end costs a tokenizer the square of its length: one of so many UTF-16 units a few ms. */
const LONGEST = 1024;

/** A text in pieces that have together as many tokens as it has; at most one more for each piece in which no word ends. */
export function* textPieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = at + LONGEST < text.length ? endOfPiece(text, at, at + LONGEST) : text.length;
    yield text.slice(at, end);
    at = end;
  }
}

/** Between two words, if there is such a place: a token begins with the space before its word. Never inside a character. */
function endOfPiece(text: string, from: number, to: number): number {
  for (let at = to; at > from; at--) if (text[at] === ' ' && /^\S \S$/.test(text.slice(at - 1, at + 2))) return at;
  return /[\uD800-\uDBFF]/.test(text[to - 1]!) ? to - 1 : to;
}
