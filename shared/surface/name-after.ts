const MOST_CHARACTERS = 40;
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What is no word of the question: code, addresses, tags, the signs of Markdown, what turns or hides text. */
const NOISE: readonly (readonly [RegExp, string])[] = [
  [/```[\s\S]*?(```|$)/g, ' '],
  [/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1'],
  [/\b(?:https?|mailto|mxc):\S+/gi, ' '],
  [/<[^>\n]{0,200}>/g, ' '],
  [/\[\[[^\]\n]*\]\]/g, ' '],
  [/^[ \t]*(?:#{1,6}|>|[-*+]|\d+[.)])[ \t]+/gm, ' '],
  [/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, ' '],
  [/[*_`~|\\<>#]/g, ''],
];

/**
 * The name of a room after its first question: its first words, at most 40 characters, without markup; a word is only cut
 * where it alone is longer. Null where nothing is left that could be read.
 */
export function nameAfter(text: string): string | null {
  let plain = text.slice(0, 2_000).replaceAll('\n', ' \n');
  for (const [noise, instead] of NOISE) plain = plain.replace(noise, instead);
  const line = plain.replace(/\s+/g, ' ').trim();
  if (!/[\p{L}\p{N}]/u.test(line)) return null;
  const characters = [...CHARACTERS.segment(line)].map(({ segment }) => segment);
  if (characters.length <= MOST_CHARACTERS) return line;
  const start = characters.slice(0, MOST_CHARACTERS - 1).join('');
  const cutInside = /[\p{L}\p{N}\p{M}]/u.test(characters[MOST_CHARACTERS - 1]!);
  const words = cutInside && start.includes(' ') ? start.slice(0, start.lastIndexOf(' ')) : start;
  return `${words.replace(/[\s,;:.–—-]+$/u, '')}…`;
}
