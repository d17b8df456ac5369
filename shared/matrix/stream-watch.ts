import { aborted, noAnswer } from './no-answer.ts';

/** Ends a stream that does not get on. One wait is watched at a time: the newest. */
export type StreamWatch = {
  /** Aborts with the error that the stream's user gets. */
  readonly signal: AbortSignal;
  /** From now to the next call, `ms` milliseconds may pass; then the stream ends with `why`. */
  expect(ms: number, why: string): void;
  /** Nobody is waited for but ourselves. */
  relax(): void;
  /** Why the watch ended the stream, if it did. */
  reason(): Error | undefined;
  /** The stream is over: nothing ends it any more. */
  end(): void;
};

/** Watches from now on: `totalMs` milliseconds in all, where given, and the caller's signal. */
export function watchStream(what: string, limits: { totalMs?: number; signal?: AbortSignal }): StreamWatch {
  const { totalMs, signal } = limits;
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const late = (why: string) => () => stop.abort(noAnswer(what, why));
  const total = totalMs === undefined ? undefined : setTimeout(late(`not done within ${totalMs} ms`), totalMs);
  const onAbort = () => stop.abort(signal && aborted(signal));
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const relax = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    signal: stop.signal,
    relax,
    expect(ms, why) {
      relax();
      if (!over && !stop.signal.aborted) timer = setTimeout(late(`${why} for ${ms} ms`), ms);
    },
    reason: () => (stop.signal.aborted ? stop.signal.reason : undefined),
    end() {
      over = true;
      relax();
      clearTimeout(total);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
