/** A time of the database to its last digit, which a Date has not: microseconds since 1970, in digits. */
export type PlaceTime = string;

/** A column as a `PlaceTime`, as SQL. */
export const placeSql = (column: string) => `(extract(epoch FROM ${column}) * 1000000)::bigint::text`;
/** The time of a parameter that is a `PlaceTime`, as SQL. */
export const timeSql = (parameter: string) => `(timestamptz 'epoch' + ${parameter}::bigint * interval '1 microsecond')`;

/** Undefined for what is none. */
export function placeTime(text: string | undefined): PlaceTime | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text) ? text : undefined;
}
