/** The text of a file's first bytes, and how it is encoded. `eight-bit` is decoded as Latin-1, which is a guess. */
export type HeadText = { readonly encoding: 'utf-8' | 'utf-16' | 'eight-bit'; readonly text: string };

/** Control characters that stand in no text; tab, line breaks, form feed, backspace and escape (colours in logs) do. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NO_TEXT = /[\u0000-\u0007\u000e-\u001a\u001c-\u001f\u007f]/;

/**
 * Reads the head of a file as text; null where it is none. With `cut`, the file goes on behind the head, and a character
 * that the border cuts in two is no fault. UTF-16 is known by its byte order mark only.
 */
export function textOfHead(head: Uint8Array, cut: boolean): HeadText | null {
  const utf16 = utf16Of(head);
  const encoding = utf16 === null ? 'utf-8' : 'utf-16';
  const text = decode(head, utf16 ?? 'utf-8', cut);
  if (text !== null) return NO_TEXT.test(text) ? null : { encoding, text };
  const eightBit = utf16 === null ? decode(head, 'latin1', cut) : null;
  return eightBit === null || NO_TEXT.test(eightBit) ? null : { encoding: 'eight-bit', text: eightBit };
}

function utf16Of(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null;
}

function decode(head: Uint8Array, encoding: string, cut: boolean): string | null {
  try {
    // With `stream`, the decoder waits for the rest of a character that is not complete.
    return new TextDecoder(encoding, { fatal: true }).decode(head, { stream: cut });
  } catch {
    return null;
  }
}
