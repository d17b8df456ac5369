/** Text without the first half of a surrogate pair at its end: what a chunk that was cut inside a character leaves. */
export function withoutHalfCharacter(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? text.slice(0, -1) : text;
}
