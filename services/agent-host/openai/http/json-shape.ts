import { type Json, record as recordOrNone } from '../../../../shared/config/json.ts';

/** Reads of what may have any shape, beside `shared/config/json.ts`: what is not there, or something else, is empty. */

export function record(value: unknown): Json {
  return recordOrNone(value) ?? {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A whole number that is not negative. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
