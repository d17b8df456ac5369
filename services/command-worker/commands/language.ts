import { languageFor } from '../../../shared/delivery/language.ts';
import { recordLanguage } from '../../../shared/store/people.ts';
import { say } from '../../../shared/texts/say.ts';
import type { Command } from '../command.ts';

/** What people call the languages. */
const WORDS: ReadonlyMap<string, 'en' | 'ru' | 'auto'> = new Map([
  ...['en', 'eng', 'english', 'английский', 'англ'].map((word) => [word, 'en'] as const),
  ...['ru', 'rus', 'russian', 'русский', 'рус'].map((word) => [word, 'ru'] as const),
  ...['auto', 'авто', 'automatic', 'автоматически'].map((word) => [word, 'auto'] as const),
]);

/** `!language en`, `ru` or `auto`: of all texts to this person, in all rooms. */
export const languageCommand: Command = {
  name: 'language',
  where: 'anywhere',
  by: 'guests',
  async run({ rest, person, speaks, language }, { database }) {
    if (rest === '') {
      const now = say(language, 'language_now', { language: say(language, `language_${speaks.language}`) });
      return { text: `${now} ${say(language, 'language_choices')}` };
    }
    const chosen = WORDS.get(rest.toLowerCase());
    if (!chosen)
      return { text: `${say(language, 'language_unknown', { word: rest })} ${say(language, 'language_choices')}` };
    await recordLanguage(database, person, chosen);
    const next = languageFor({ ...speaks, language: chosen }, '');
    return { text: say(next, chosen === 'auto' ? 'language_follows' : 'language_set') };
  },
};
