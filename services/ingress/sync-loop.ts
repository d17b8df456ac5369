import { codeOf, describe, SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { touchCursor } from '../../shared/lane/intake-cursor.ts';
import { isAbort } from '../../shared/matrix/http.ts';
import { backoff, sleep } from '../../shared/time/time.ts';
import { isOfOlderRecord } from './answered-before.ts';
import { askSync, isForgotten } from './ask-sync.ts';
import { afterLookBack, type Beginning, beginTerm } from './begin-term.ts';
import { handOn } from './hand-on.ts';
import * as metrics from './ingress-metrics.ts';
import { beginWithoutToken } from './look-back/look-back.ts';
import { isEmpty } from './page-contents.ts';
import { readPage } from './read-page.ts';
import { withSignsOfLife } from './signs-of-life.ts';
import type { SyncParts } from './sync-parts.ts';

/**
 * Takes in page after page while this process leads. What is away is waited for.
 * @throws SurfacesError `matrix_token_invalid`, which only an operator can mend.
 */
export async function runSync(given: SyncParts): Promise<void> {
  const parts = withSignsOfLife(given);
  const { leadership, readiness, progress, log, stopping } = parts;
  let failures = 0;
  let begun: AbortSignal | undefined;
  let led: AbortSignal | undefined;
  while (!stopping.aborted) {
    const term = await leadership.lead(stopping);
    const signal = AbortSignal.any([term, stopping]);
    metrics.active.set(1);
    // Silence counts from the beginning of a term, until the first answer.
    if (term !== led) metrics.answeredAt.set(Date.now() / 1000);
    led = term;
    progress.begun();
    try {
      let next = await beginTerm(parts, term !== begun, signal);
      while (!signal.aborted) {
        next = await nextPage(parts, next, signal);
        begun = term;
        failures = 0;
      }
    } catch (error) {
      progress.idle();
      if (codeOf(error) === 'matrix_token_invalid') throw error;
      if (!isAbort(error) && codeOf(error) !== 'sync_fenced') {
        const need = codeOf(error) === 'database_unavailable' ? 'database' : 'sync';
        readiness.unmet(need, describe(error));
        log.warn({ err: error, code: codeOf(error) }, `sync waits: ${describe(error)}`);
      }
      const pause = (error instanceof SurfacesError && error.retryAfterMs) || backoff(failures++, 200, 5_000);
      await sleep(pause, signal);
    } finally {
      progress.idle();
      metrics.active.set(0);
    }
  }
}

/** Reads and stores one page; answers where to go on. */
async function nextPage(
  parts: SyncParts,
  { token: since, first, compared }: Beginning,
  signal: AbortSignal,
): Promise<Beginning> {
  const { http, sql, source, self } = parts;
  let synced: Awaited<ReturnType<typeof askSync>>;
  try {
    synced = await askSync(parts, since, { atOnce: first, signal });
  } catch (error) {
    if (!isForgotten(error)) throw error;
    parts.log.error({ err: error }, 'the homeserver does not know the sync token any more: as without a record');
    return afterLookBack(await beginWithoutToken(parts, since, signal));
  }
  parts.readiness.met('sync');
  const { answer, to } = synced;
  const contents = await readPage(answer, { http, self, since, to, now: Date.now(), mayBeAnswered: first, signal });
  if (!compared && isOfOlderRecord(contents)) await parts.reconciled(signal);
  if (to !== since || !isEmpty(contents)) {
    const limited = await parts.queueLimit.apply(contents);
    await handOn(parts, { from: since, to, ...limited }, signal);
  }
  // While nothing happens the record still shows that somebody reads on.
  else if (!first) await touchCursor(sql, source, to);
  return { token: to, first: false, compared: true };
}
