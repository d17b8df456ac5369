export type Language = 'en' | 'ru';

/** Letters below which a text says nothing about its language (`ok`, `да` and a name in between). */
const ENOUGH_LETTERS = 4;

/** The language a person writes in, by the share of Cyrillic among the letters; null where too few letters tell. */
export function detectLanguage(text: string): Language | null {
  const sample = text.slice(0, 2000);
  const cyrillic = sample.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
  const latin = sample.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (cyrillic + latin < ENOUGH_LETTERS && cyrillic === 0) return null;
  // A Russian sentence is full of Latin names, paths and code; an English one has no Cyrillic.
  return cyrillic >= (cyrillic + latin) * 0.3 ? 'ru' : 'en';
}
