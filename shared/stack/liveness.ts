import { sleep } from '../time/time.ts';

/** How a process is asked whether its event loop turns. */
export type Liveness = {
  /** Rejects where no answer came. `signal` aborts when its time is over. */
  readonly ask: (signal: AbortSignal) => Promise<unknown>;
  /** From one question to the next, and for its answer, in milliseconds. */
  readonly everyMs: number;
  /** So many in a row without an answer are the end. */
  readonly misses: number;
  /** Asked at the end: false puts it off. */
  readonly mayEnd: () => boolean;
};

/** Whoever asks as late as that was held up itself: the machine slept, or swaps. What it heard says nothing of others. */
const LATE = 1.5;

/**
 * Asks a process until it is dead to all questions or `over` aborts. Nothing counts before its first answer: it may still be
 * starting. @returns what is wrong, in words; undefined when it is over.
 */
export async function untilDead(liveness: Liveness, over: AbortSignal): Promise<string | undefined> {
  const { everyMs } = liveness;
  let answered = false;
  let missed = 0;
  while (!over.aborted) {
    const asked = performance.now();
    const answers = await liveness.ask(AbortSignal.any([over, AbortSignal.timeout(everyMs)])).then(
      () => true,
      () => false,
    );
    await sleep(Math.max(0, asked + everyMs - performance.now()), over);
    const wasLate = performance.now() - asked > everyMs * LATE;
    answered ||= answers;
    missed = answers || !answered || wasLate ? 0 : missed + 1;
    if (missed >= liveness.misses && !over.aborted && liveness.mayEnd())
      return `does not answer any more, for ${Math.round((missed * everyMs) / 1_000)} s`;
  }
  return undefined;
}

/** `mayEnd` of processes that share a machine: where several of them are silent at once, it is the machine. One in `ms`. */
export function oneIn(ms: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last < ms) return false;
    last = performance.now();
    return true;
  };
}
