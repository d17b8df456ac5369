/** As in a command that gives a name: characters as a person counts them. */
const MOST_CHARACTERS = 100;
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const NOT_IN_A_NAME = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;
const SOMETHING_TO_SEE = /[\p{L}\p{N}\p{S}\p{P}]/u;

/**
 * A room's name as the record takes it; null for one that a person could not read. The same rule holds for a name that
 * comes by /sync (services/command-worker/rooms/check-name.ts): else each run would overrule what that one decided.
 */
export function readableName(text: string | undefined): string | null {
  const name = text?.trim() ?? '';
  if (NOT_IN_A_NAME.test(name) || !SOMETHING_TO_SEE.test(name)) return null;
  if (name.length > MOST_CHARACTERS * 10 || [...CHARACTERS.segment(name)].length > MOST_CHARACTERS) return null;
  return name;
}
