import { cursorAge } from '../../shared/lane/intake-cursor.ts';
import { beginWithoutToken, goOnLookingBack } from './look-back/look-back.ts';
import { readLookBackToken } from './look-back/look-back-token.ts';
import type { SyncParts } from './sync-parts.ts';

/**
 * A cursor is touched with each long poll, 45 s at most. One that is older was left behind by a stack that was down as a
 * whole, or came out of a backup: no ingress that was killed and is back can be meant.
 */
const SILENCE_MS = 2 * 60_000;

/** Where to read on. */
export type Beginning = {
  readonly token: string;
  /**
   * The first answer of a term is not waited for: it may carry all that happened meanwhile, and shows that all works. What
   * it brings may have been answered: the record may be older than Matrix.
   */
  readonly first: boolean;
  /** The rooms were compared with the record in this term. */
  readonly compared: boolean;
};

/**
 * Where to go on from. After a silence the rooms are compared with the record first; without a record, Matrix is asked for
 * what nobody has answered.
 * @param fresh false within a term that has begun well: what is silent then is the homeserver.
 */
export async function beginTerm(parts: SyncParts, fresh: boolean, signal: AbortSignal): Promise<Beginning> {
  const { sql, source, readiness, log } = parts;
  const cursor = await cursorAge(sql, source);
  readiness.met('database');
  if (cursor === null) return afterLookBack(await beginWithoutToken(parts, '', signal));
  const lookBack = readLookBackToken(cursor.token);
  if (lookBack) return afterLookBack(await goOnLookingBack(parts, lookBack, signal));
  const isSilent = fresh && cursor.idleMs > SILENCE_MS;
  if (isSilent) {
    log.info({ silent_ms: Math.round(cursor.idleMs) }, 'nobody has read /sync for long: the record is compared first');
    await parts.reconciled(signal);
  }
  return { token: cursor.token, first: true, compared: isSilent };
}

export function afterLookBack(token: string): Beginning {
  return { token, first: true, compared: true };
}
