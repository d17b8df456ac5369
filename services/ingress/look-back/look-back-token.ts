import { numberField, textField } from '../../../shared/config/json.ts';

/**
 * A look back that is under way. It stands in the place of the sync token, so that the same compare-and-set fences it, its
 * items take their place in the same order, and one statement stores what was found in a room together with the step.
 */
export type LookBack = {
  /** The sync token that it looks back from, and with which live sync goes on. */
  readonly token: string;
  /** When it began, in milliseconds: ages are measured from here, so that a second try finds the same. */
  readonly at: number;
  /** The last room that is finished, in the order of ids; empty before the first. */
  readonly done: string;
};

/** No homeserver's token looks like this: they have no spaces. */
const MARK = 'looking back ';

export function lookBackToken({ token, at, done }: LookBack): string {
  return `${MARK}${JSON.stringify({ token, at, done })}`;
}

/** Undefined for what is an ordinary sync token. */
export function readLookBackToken(stored: string): LookBack | undefined {
  if (!stored.startsWith(MARK)) return undefined;
  const value: unknown = JSON.parse(stored.slice(MARK.length));
  const token = textField(value, 'token');
  const at = numberField(value, 'at');
  const done = textField(value, 'done');
  return token === undefined || at === undefined || done === undefined ? undefined : { token, at, done };
}
