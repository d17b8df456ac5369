import { textField } from '../../shared/config/json.ts';
import { codeOf, describe, SurfacesError } from '../../shared/errors/surfaces-error.ts';
import type { UserId } from '../../shared/ids/ids.ts';
import { type Intake, type Page, readCursor } from '../../shared/lane/intake.ts';
import type { LaneWake, RunSql } from '../../shared/lane/lane.ts';
import { isAbort, type MatrixHttp } from '../../shared/matrix/http.ts';
import { isRefusal } from '../../shared/matrix/http-error.ts';
import type { Readiness } from '../../shared/runtime/health.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { backoff, sleep } from '../../shared/time/time.ts';
import * as metrics from './ingress-metrics.ts';
import type { Leadership } from './leadership.ts';
import { readPage } from './read-page.ts';
import { storePage } from './store-page.ts';
import { coldFilter, syncFilter } from './sync-filter.ts';

/** A homeserver that has not answered when the margin is over hangs. */
const POLL = { ms: 30_000, marginMs: 15_000 };
/** The first answer after an outage, or without a token, takes as long as the rooms are many. */
const CATCH_UP_MS = 2 * 60_000;

export type SyncParts = {
  readonly http: MatrixHttp;
  readonly sql: RunSql;
  readonly self: UserId;
  readonly source: string;
  readonly leadership: Pick<Leadership, 'lead'>;
  /** Both may get lost: the sweeper and the heartbeat make up for it. */
  readonly wake: (wakes: readonly LaneWake[]) => Promise<void>;
  readonly poke: (lane: string) => Promise<void>;
  readonly readiness: Pick<Readiness, 'met' | 'unmet'>;
  readonly log: Log;
  readonly stopping: AbortSignal;
  /** For tests: a shorter long poll, and how long after its end an answer may come. */
  readonly poll?: { readonly ms: number; readonly marginMs: number };
};

/**
 * Takes in page after page while this process leads. What is away is waited for.
 * @throws SurfacesError `matrix_token_invalid`, which only an operator can mend.
 */
export async function runSync(parts: SyncParts): Promise<void> {
  const { leadership, readiness, log, stopping } = parts;
  let failures = 0;
  while (!stopping.aborted) {
    const term = await leadership.lead(stopping);
    const signal = AbortSignal.any([term, stopping]);
    metrics.active.set(1);
    try {
      let token = await currentToken(parts);
      // The first answer of a term is not waited for: it may carry all that happened meanwhile, and shows that all works.
      for (let atOnce = true; !signal.aborted; atOnce = false) {
        token = await nextPage(parts, token, atOnce, signal);
        failures = 0;
      }
    } catch (error) {
      if (codeOf(error) === 'matrix_token_invalid') throw error;
      if (!isAbort(error) && codeOf(error) !== 'sync_fenced') {
        const need = codeOf(error) === 'database_unavailable' ? 'database' : 'sync';
        readiness.unmet(need, describe(error));
        log.warn({ err: error, code: codeOf(error) }, `sync waits: ${describe(error)}`);
      }
      const pause = (error instanceof SurfacesError && error.retryAfterMs) || backoff(failures++, 200, 5_000);
      await sleep(pause, signal);
    } finally {
      metrics.active.set(0);
    }
  }
}

async function currentToken({ sql, source, readiness }: SyncParts): Promise<string> {
  const cursor = await readCursor(sql, source);
  readiness.met('database');
  return cursor?.token ?? '';
}

/** Reads and stores one page; answers the token to go on from. */
async function nextPage(parts: SyncParts, since: string, atOnce: boolean, signal: AbortSignal): Promise<string> {
  const { http, self, source, readiness } = parts;
  const answer = await askSync(parts, since, atOnce, signal);
  metrics.answeredAt.set(Date.now() / 1000);
  readiness.met('sync');
  const to = textField(answer, 'next_batch');
  if (to === undefined || to === '') throw new SurfacesError('matrix_unavailable', 'GET /sync answers without a token');
  const contents = await readPage(answer, { http, self, since, now: Date.now(), signal });
  if (to === since && contents.items.length + contents.amendments.length + contents.rejects.length === 0) return to;
  const page: Page = { source, from: since, to, ...contents };
  const taken = await untilStored(parts, page, signal);
  await afterwards(parts, page, taken);
  return to;
}

/** The same page until the database has answered: one whose answer was lost is `repeated`, and its lanes are woken too. */
async function untilStored({ sql, readiness, log }: SyncParts, page: Page, signal: AbortSignal): Promise<Intake> {
  for (let attempt = 0; ; attempt++) {
    try {
      const taken = await storePage(sql, page, log);
      readiness.met('database');
      return taken;
    } catch (error) {
      if (codeOf(error) !== 'database_unavailable') throw error;
      readiness.unmet('database', describe(error));
      log.warn({ code: codeOf(error) }, `a page waits: ${describe(error)}`);
      if (!(await sleep(backoff(attempt, 100, 5_000), signal))) throw error;
    }
  }
}

async function afterwards({ wake, poke, log }: SyncParts, page: Page, taken: Intake): Promise<void> {
  metrics.pages.inc({ outcome: taken.accepted ? 'taken' : taken.repeated ? 'repeated' : 'fenced' });
  if (!taken.accepted && !taken.repeated) {
    log.warn({ code: 'sync_fenced' }, 'another ingress moved the sync token; going on from where it is');
    throw new SurfacesError('sync_fenced', 'another ingress moved the sync token');
  }
  metrics.items.inc(taken.fresh);
  metrics.rejects.inc(page.rejects?.length ?? 0);
  for (const reject of page.rejects ?? []) log.warn(reject, 'an event was not understood');
  const { wakes, withdrawn } = taken;
  await Promise.all([wake([...wakes, ...withdrawn]), ...withdrawn.map(({ lane }) => poke(lane))]);
}

async function askSync(
  { http, self, log, poll = POLL }: SyncParts,
  since: string,
  atOnce: boolean,
  signal: AbortSignal,
): Promise<unknown> {
  const ask = (query: Record<string, string | number>, timeoutMs: number) =>
    http.request({
      kind: 'sync',
      method: 'GET',
      path: '/_matrix/client/v3/sync',
      query: { set_presence: 'offline', ...query },
      timeoutMs,
      signal,
    });
  const cold = () => ask({ filter: coldFilter(), timeout: 0 }, CATCH_UP_MS);
  if (since === '') return cold();
  const filter = syncFilter(self);
  try {
    if (atOnce) return await ask({ since, filter, timeout: 0 }, CATCH_UP_MS);
    return await ask({ since, filter, timeout: poll.ms }, poll.ms + poll.marginMs);
  } catch (error) {
    if (!isRefusal(error) || error.status !== 400) throw error;
    log.error({ err: error }, 'the homeserver does not know the sync token any more: starting from now');
    return cold();
  }
}
