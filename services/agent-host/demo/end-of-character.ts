/** The place, or the one behind it, where a text can be cut without cutting a character of two units. */
export function endOfCharacter(text: string, place: number): number {
  const isCut = /[\uD800-\uDBFF]/.test(text.charAt(place - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(place));
  return isCut ? place + 1 : place;
}
