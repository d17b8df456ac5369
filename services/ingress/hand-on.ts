import { codeOf, describe, SurfacesError } from '../../shared/errors/surfaces-error.ts';
import type { Intake, Page } from '../../shared/lane/intake.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { backoff, sleep } from '../../shared/time/time.ts';
import { ANSWERED_BEFORE } from './answered-before.ts';
import * as metrics from './ingress-metrics.ts';
import { adoptLive } from './look-back/adopt-live.ts';
import type { PageContents } from './page-contents.ts';
import { storePage } from './store-page.ts';
import type { SyncParts } from './sync-parts.ts';
import { tracePage } from './trace-page.ts';

/**
 * Takes a page into the record and wakes its lanes; the same page until the database has answered. One whose answer was
 * lost is `repeated`, and its lanes are woken too.
 * @throws SurfacesError `sync_fenced` where another ingress has moved the token.
 */
export async function handOn(
  parts: SyncParts,
  page: Pick<Page, 'from' | 'to'> & PageContents,
  signal: AbortSignal,
): Promise<void> {
  const { live, ...contents } = page;
  const whole: Page = { source: parts.source, ...contents };
  for (let attempt = 0; ; attempt++) {
    try {
      await adoptLive(parts.sql, live);
      const taken = await storePage(parts.sql, whole, parts.log);
      parts.readiness.met('database');
      await afterwards(parts, whole, taken);
      return;
    } catch (error) {
      if (codeOf(error) !== 'database_unavailable') throw error;
      parts.readiness.unmet('database', describe(error));
      parts.log.warn({ code: codeOf(error) }, `a page waits: ${describe(error)}`);
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
  tellAge(page.items);
  metrics.rejects.inc(page.rejects?.length ?? 0);
  const answered = page.rejects?.filter(({ reason }) => reason === ANSWERED_BEFORE).length ?? 0;
  if (answered > 0) log.info({ answered }, 'the record is older than Matrix: what was answered since is left alone');
  for (const reject of page.rejects ?? [])
    if (reject.reason !== ANSWERED_BEFORE) log.warn(reject, 'an event was not understood');
  const { wakes, withdrawn } = taken;
  await Promise.all([wake([...wakes, ...withdrawn]), ...withdrawn.map(({ lane }) => poke(lane))]);
  if (taken.fresh > 0) tracePage(page);
}

/** By the sender's homeserver's clock, which may be ahead of ours. */
function tellAge(items: Page['items']): void {
  if (items.length === 0) return;
  const newest = Math.max(...items.map(({ body }) => (body as WorkItem).originTs));
  metrics.age.observe(Math.max(0, Date.now() - newest) / 1000);
}
