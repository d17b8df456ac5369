import { cleanText } from '../../../shared/matrix/clean-text.ts';

const LONGEST = 1_000;

/** What was given in the address, as it is: a name may come once, several times, or not at all. */
export type Query = Readonly<Record<string, unknown>>;

/** A text of the address; undefined where it is not there or empty. Whatever it is, the database takes it. */
export function textIn(query: Query, name: string): string | undefined {
  const given = query[name];
  const [first] = Array.isArray(given) ? given : [given];
  if (typeof first !== 'string') return undefined;
  return cleanText(first).trim().slice(0, LONGEST) || undefined;
}

/** An id of Matrix as it stands in a path, where it can be one: of this sign, without spaces and control characters. */
export function matrixId(text: string, sign: '!' | '@' | '$'): string | undefined {
  const isId = text.startsWith(sign) && text.length <= 255 && !/[\s\p{Cc}]/u.test(text);
  return isId && (sign !== '@' || text.slice(1).includes(':')) ? text : undefined;
}

/** The key of an item as it stands in a path: an event’s id, or what we made for one of our own (`upload …`). */
export function itemKey(text: string): string | undefined {
  return text.length <= 600 && !/\p{Cc}/u.test(text) ? text : undefined;
}

/** One of the values that there are; undefined for anything else. */
export function oneOf<Value extends string>(query: Query, name: string, values: readonly Value[]): Value | undefined {
  return values.find((value) => value === textIn(query, name));
}

/** The address of the same list with something changed; what is undefined is left out. */
export function addressWith(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
