import { codeOf, describe } from '../../shared/errors/surfaces-error.ts';
import { whoami } from '../../shared/matrix/account.ts';
import { isAbort, type MatrixHttp } from '../../shared/matrix/http.ts';
import { type Comparison, runReconcile } from '../../shared/reconcile/run-reconcile.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { counter, gauge, histogram } from '../../shared/runtime/metrics.ts';
import { finishRuns, type RunKind } from '../../shared/store/reconcile-runs.ts';
import type { JobContext } from './job.ts';

/** How often a long run says in the log how far it is. */
const PROGRESS_MS = 5_000;
/** Lines of the log for single actions and notes; the counts at the end are whole. */
const MOST_LINES = 200;

const runs = counter('reconcile_runs_total', 'comparisons of Matrix with the record, by how they ended', [
  'kind',
  'outcome',
]);
const actions = counter('reconcile_actions_total', 'what comparisons of Matrix with the record have mended', ['do']);
const rooms = gauge('reconcile_rooms', 'rooms that the bot is in, by the last comparison');
const seconds = histogram('reconcile_seconds', 'how long a comparison of Matrix with the record takes', ['kind']);

type Asked = { readonly ids: readonly string[]; readonly kind: RunKind };

/**
 * Does one run for all that were asked for, and records its result or why it failed. Where `signal` ends it, it stays asked
 * for: another process does it.
 */
export async function doRun({ ids, kind }: Asked, context: JobContext, signal: AbortSignal): Promise<void> {
  const { database, wakes } = context;
  // A request that hangs is not waited for, when the process is to end.
  const http: MatrixHttp = { ...context.http, request: (request) => context.http.request({ ...request, signal }) };
  // After a crash the same ids are there again, in whatever order.
  const id = ids.toSorted()[0]!;
  const log = context.log.child({ run: id, kind });
  const progress = new Progress(log);
  log.info({ asked: ids.length }, 'reconciliation begins');
  try {
    const { userId: self } = await whoami(http);
    const done = await runReconcile(
      { id, kind },
      {
        ...{ database, http, self, signal, wake: wakes.wakeAll },
        onRooms: (many) => progress.of(many),
        onSeen: () => {
          progress.seen();
          context.moved();
        },
      },
    );
    await finishRuns(database, ids, { rooms: done.rooms, actions: done.counts as Record<string, number> });
    report(done, kind, log);
  } catch (error) {
    if (signal.aborted && isAbort(error)) return log.info('reconciliation is left to another process');
    runs.inc({ kind, outcome: 'failed' });
    log.warn({ code: codeOf(error), err: error }, `reconciliation failed: ${describe(error)}`);
    await finishRuns(database, ids, { rooms: 0, actions: {}, failure: describe(error) });
  } finally {
    progress.end();
  }
}

function report({ plan, counts, rooms: many, ms }: Comparison, kind: RunKind, log: Log): void {
  runs.inc({ kind, outcome: 'done' });
  rooms.set(many);
  seconds.observe({ kind }, ms / 1_000);
  for (const [what, count] of Object.entries(counts)) actions.inc({ do: what }, count);
  // Names are people's own, and none of the log's business.
  for (const action of plan.actions.slice(0, MOST_LINES))
    log.info({ action: { ...action, name: undefined } }, `mended: ${action.do}`);
  for (const note of plan.notes.slice(0, MOST_LINES)) log.info({ note }, `found: ${note.note}`);
  log.info({ rooms: many, ms: Math.round(ms), actions: counts, notes: plan.notes.length }, 'reconciliation is done');
}

/** Of a run that takes its time. */
class Progress {
  #seen = 0;
  #of = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(log: Log) {
    this.#timer = setInterval(
      () => log.info({ seen: this.#seen, rooms: this.#of }, 'reconciliation goes on'),
      PROGRESS_MS,
    );
  }

  of(rooms: number): void {
    this.#of = rooms;
  }

  seen(): void {
    this.#seen += 1;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
