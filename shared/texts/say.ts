import { ENGLISH, RUSSIAN } from './catalogue.ts';
import type { Language } from './detect-language.ts';
import type { Entry, Plural } from './entry.ts';

type Catalogue = typeof ENGLISH;
export type TextKey = keyof Catalogue;

type PlaceholdersIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholdersIn<Rest>
  : never;
type PlaceholdersOf<Text extends Entry> = Text extends string
  ? PlaceholdersIn<Text>
  : Text extends Plural
    ? PlaceholdersIn<Text['other']>
    : never;
type CountOf<Text extends Entry> = Text extends { readonly by: infer By } ? By : never;

/** What a text needs to be said: its placeholders, a number where the number decides the form. */
export type TextValues<Key extends TextKey> = {
  readonly [Name in PlaceholdersOf<Catalogue[Key]>]: Name extends CountOf<Catalogue[Key]> ? number : string | number;
};
type Arguments<Key extends TextKey> = [PlaceholdersOf<Catalogue[Key]>] extends [never] ? [] : [values: TextValues<Key>];

const CATALOGUES: Record<Language, Record<TextKey, Entry>> = { en: ENGLISH, ru: RUSSIAN };
const PLURALS = { en: new Intl.PluralRules('en'), ru: new Intl.PluralRules('ru') };
const TIMES = {
  en: new Intl.RelativeTimeFormat('en', { numeric: 'always' }),
  ru: new Intl.RelativeTimeFormat('ru', { numeric: 'always' }),
};
/** A value is a name, a title, a number; whatever is longer is cut, so that a text stays a text. */
const LONGEST_VALUE = 300;

/** A text of the catalogue as Markdown. Values are shown as they are: markup in a name or a title has no effect. */
export function say<Key extends TextKey>(language: Language, key: Key, ...[values]: Arguments<Key>): string {
  return fill(language, key, values ?? {}, (value, template, at) => markdownValue(value, inCode(template, at)));
}

/** The same for what is no Markdown: names and topics of rooms. */
export function sayPlain<Key extends TextKey>(language: Language, key: Key, ...[values]: Arguments<Key>): string {
  return fill(language, key, values ?? {}, (value) => value);
}

/** “in 40 seconds”, “через 2 минуты”: rounded up, so that it is never promised too early. */
export function inTime(language: Language, ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 90) return TIMES[language].format(seconds, 'second');
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90
    ? TIMES[language].format(minutes, 'minute')
    : TIMES[language].format(Math.ceil(minutes / 60), 'hour');
}

function fill(
  language: Language,
  key: TextKey,
  values: Readonly<Record<string, string | number>>,
  prepare: (value: string, template: string, at: number) => string,
): string {
  const entry = CATALOGUES[language][key];
  const template = typeof entry === 'string' ? entry : formOf(language, entry, Number(values[entry.by]));
  return template.replace(/\{(\w+)\}/g, (whole, name: string, at: number) => {
    const value = values[name];
    return value === undefined ? whole : prepare(oneLine(String(value)), template, at);
  });
}

function formOf(language: Language, plural: Plural, count: number): string {
  const form = PLURALS[language].select(count);
  return (form === 'one' || form === 'few' || form === 'many' ? plural[form] : undefined) ?? plural.other;
}

function oneLine(value: string): string {
  const line = value.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE).toWellFormed()}…` : line;
}

function inCode(template: string, at: number): boolean {
  return template.slice(0, at).split('`').length % 2 === 0;
}

function markdownValue(value: string, code: boolean): string {
  // A code span knows no escapes; only a backtick could end it.
  if (code) return value.replaceAll('`', '’');
  // A link's address stays readable in the Markdown; only what would end it early is encoded.
  if (/^https?:\/\/[^\s<>]+$/.test(value)) return value.replaceAll('(', '%28').replaceAll(')', '%29');
  return value.replace(/[\\`*~[\]<>|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&');
}
