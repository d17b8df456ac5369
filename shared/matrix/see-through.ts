import { SurfacesError } from '../errors/surfaces-error.ts';
import type { EventId } from '../ids/ids.ts';
import { counter } from '../runtime/metrics.ts';
import { backoff, sleep } from '../time/time.ts';
import type { Budget } from './budget.ts';
import type { MatrixHttp } from './http.ts';
import type { Priority } from './token-bucket.ts';

export type Content = Readonly<Record<string, unknown>>;

const TRY_MS = 10_000;

const limits = counter('matrix_send_limited_total', 'answers 429 to a send');

/**
 * PUTs one event until its outcome is known. A try without an answer may have been taken in: it is repeated under the
 * same transaction id (in `path`) and with the same content, which gives the same event, never a second one.
 * @param options.patienceMs how long to try while the homeserver is away; waiting for a 429 to end does not count.
 */
export async function seeThrough(options: {
  http: MatrixHttp;
  budget: Budget;
  priority: Priority;
  path: string;
  content: Content;
  /** Whether it may be tried once more. */
  still: () => boolean;
  patienceMs: number;
  signal: AbortSignal;
  onAnswer: (ms: number) => void;
  /** It was answered 429. */
  onLimited: () => void;
}): Promise<EventId> {
  const { http, budget, priority, content, still, signal, onAnswer, onLimited } = options;
  let deadline = performance.now() + options.patienceMs;
  for (let attempt = 0; ; attempt++) {
    const started = performance.now();
    try {
      const request = {
        kind: 'send',
        method: 'PUT',
        path: options.path,
        body: content,
        timeoutMs: TRY_MS,
        signal,
      } as const;
      const answer = await http.request<{ event_id: EventId }>(request);
      onAnswer(performance.now() - started);
      return answer.event_id;
    } catch (error) {
      if (!(error instanceof SurfacesError) || error.disposition !== 'wait') throw error;
      if (error.code === 'matrix_limited') {
        limits.inc();
        onLimited();
        await budget.limited(error.retryAfterMs ?? 1_000);
        await place(budget, priority, signal);
        if (!still()) throw error;
        deadline += performance.now() - started;
        continue;
      }
      const pause = error.retryAfterMs ?? backoff(attempt, 100, 5_000);
      if (performance.now() + pause > deadline) throw error;
      await sleep(pause, signal);
      if (!still()) throw error;
    }
  }
}

/** A refused send asks for a place again until it has one; the next try finds out if the signal aborted meanwhile. */
async function place(budget: Budget, priority: Priority, signal: AbortSignal): Promise<void> {
  for (;;) {
    const waitMs = await budget.take(priority);
    if (waitMs === 0 || !(await sleep(waitMs, signal))) return;
  }
}
