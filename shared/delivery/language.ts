import { detectLanguage, type Language } from '../texts/detect-language.ts';

/** The language in which a person is answered: the one they chose, or the one they write; English where neither tells. */
export function languageFor(chosen: Language | 'auto', text: string): Language {
  return chosen === 'auto' ? (detectLanguage(text) ?? 'en') : chosen;
}
