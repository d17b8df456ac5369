/** Characters as a person counts them. */
const MOST_CHARACTERS = 100;
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Line breaks and controls; marks that turn the direction of what stands beside the name; what no font shows. */
const NOT_IN_A_NAME = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;
const SOMETHING_TO_SEE = /[\p{L}\p{N}\p{S}\p{P}]/u;

export type CheckedName = { readonly name: string } | { readonly problem: 'name_too_long' | 'name_unreadable' };

/** The name of a room or of a saved context as a person gave it, trimmed; or why it cannot be one. */
export function checkName(text: string): CheckedName {
  const name = text.trim();
  if (NOT_IN_A_NAME.test(name) || !SOMETHING_TO_SEE.test(name)) return { problem: 'name_unreadable' };
  // No character takes more than some ten code units in earnest: what is longer need not be counted.
  if (name.length > MOST_CHARACTERS * 10 || [...CHARACTERS.segment(name)].length > MOST_CHARACTERS)
    return { problem: 'name_too_long' };
  return { name };
}
