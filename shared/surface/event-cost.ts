/**
 * What a Markdown text costs in a Matrix event, as a sum over its characters: so the cost of a text never falls as the
 * text grows, which is what keeps the parts of a streamed answer where they are.
 *
 * An edit carries the text twice, as Markdown and as HTML (its short fallback aside), both as JSON strings. Ordinary
 * text costs about twice its UTF-8 bytes. JSON doubles quotes, backslashes and new lines; HTML writes `<` in 4 bytes
 * and `&` in 5; markup makes tags: a table's `|` up to 11 bytes, a list item's new line 9, emphasis and code 5 to 7 a mark.
 */
const HTML_BYTES: Readonly<Record<string, number>> = {
  '<': 4,
  // May begin a quote that is closed with its line.
  '>': 22,
  '&': 5,
  '"': 2,
  '\\': 2,
  '\n': 11,
  '|': 12,
  '*': 6,
  _: 6,
  '~': 6,
  '`': 7,
  '!': 2,
  '[': 8,
};

const COST = new Uint8Array(128).fill(2);
for (const [character, html] of Object.entries(HTML_BYTES)) {
  const json = character === '"' || character === '\\' || character === '\n' ? 2 : 1;
  COST[character.charCodeAt(0)] = json + html;
}

const DEAREST = Math.max(...COST);

export type TextLimits = { readonly bytes: number; readonly cost: number };

/** Where the first code point begins that no longer fits when the text is taken from `start`; else the text's length. */
export function reach(text: string, start: number, limits: TextLimits): number {
  // Most answers are short, and asked about with each of their chunks.
  const left = text.length - start;
  if (3 * left <= limits.bytes && DEAREST * left <= limits.cost) return text.length;
  let bytes = 0;
  let cost = 0;
  let index = start;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    const pair = code >= 0xd800 && code < 0xdc00 && index + 1 < text.length;
    const width = code < 0x80 ? 1 : code < 0x800 ? 2 : pair ? 4 : 3;
    bytes += width;
    cost += code < 0x80 ? (COST[code] ?? 2) : 2 * width;
    if (bytes > limits.bytes || cost > limits.cost) return index;
    index += pair ? 2 : 1;
  }
  return text.length;
}
