/**
 * A guess at the tokens of a text, without the model's own vocabulary: UTF-8 bytes / 4 for Latin script, digits and
 * punctuation, and bytes / 2 for all others. It is rather high for Cyrillic and for Chinese (one token and a half to a
 * character), and about right for English prose and code.
 */
export function estimateTokens(text: string): number {
  const bytes = Buffer.byteLength(text);
  if (bytes === text.length) return Math.ceil(bytes / 4);
  let latin = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Up to the end of Latin Extended-B; two bytes from U+0080.
    if (unit < 0x250) latin += unit < 0x80 ? 1 : 2;
  }
  return Math.ceil(latin / 4 + (bytes - latin) / 2);
}
