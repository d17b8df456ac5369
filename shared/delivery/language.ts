import type { UserId } from '../ids/ids.ts';
import { findPerson } from '../store/people.ts';
import type { Database } from '../store/postgres.ts';
import type { Speaks } from '../store/turn-context.ts';
import { detectLanguage, type Language } from '../texts/detect-language.ts';

/**
 * The language in which a person is answered: the one they chose; else the one that this text is written in, or that they
 * wrote in before; English where nothing tells. A command tells only by Cyrillic letters: `!help` is written by everybody.
 */
export function languageFor(speaks: Speaks, text: string): Language {
  if (speaks.language !== 'auto') return speaks.language;
  const written = detectLanguage(text);
  const telling = text.trimStart().startsWith('!') && written === 'en' ? null : written;
  return telling ?? speaks.writes ?? 'en';
}

/** The language of somebody who is told something without having written; `text` is what else may tell, as their name. */
export async function spokenBy(user: UserId, database: Database, text = ''): Promise<Language> {
  const person = await findPerson(database, user);
  return languageFor({ language: person?.language ?? 'auto', writes: person?.writes ?? null }, text);
}
