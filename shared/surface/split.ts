export const DEFAULT_PART_BYTES = 16_000;
export type Part = { readonly text: string; readonly last: boolean };
export type SplitLimits = { readonly maxBytes: number };
/** Never empty: an empty text has one empty part. */
export function splitAnswer(text: string, _limits: SplitLimits = { maxBytes: DEFAULT_PART_BYTES }): Part[] {
  return [{ text, last: true }];
}
