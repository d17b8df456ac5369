/** Of one tool's result, UTF-8: what is longer costs more of the window than it is worth. */
export const MOST_RESULT_BYTES = 32 * 1024;

/** A result as the model gets it; one that was cut says so, so that the model can ask for the rest in another way. */
export function cutResult(result: string): string {
  const bytes = Buffer.from(result);
  if (bytes.length <= MOST_RESULT_BYTES) return result;
  let end = MOST_RESULT_BYTES;
  // Not inside a character.
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString('utf8', 0, end)}\n[Cut: these are the first ${end} of ${bytes.length} bytes.]`;
}
