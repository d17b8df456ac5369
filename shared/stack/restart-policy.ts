const WINDOW_MS = 60_000;
const ENDS_AT_ONCE = 5;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;

/** EX_CONFIG of sysexits.h: the process says that a restart will not help. */
export const EXIT_NEEDS_OPERATOR = 78;

export type Decision =
  | { readonly next: 'restart'; readonly afterMs: number; readonly backingOff: boolean }
  | { readonly next: 'leave' };

/**
 * What to do about a process that ended: start it again at once; after five ends within a minute with a growing pause
 * (5 s to 30 s); never when it asks for an operator.
 * @param ends the times of all its ends so far, this one included, in milliseconds.
 */
export function decide(exitCode: number | null, ends: readonly number[], now: number): Decision {
  if (exitCode === EXIT_NEEDS_OPERATOR) return { next: 'leave' };
  const recent = ends.filter((at) => at > now - WINDOW_MS).length;
  if (recent < ENDS_AT_ONCE) {
    // A short breath from the second end on: a port or a lock may not be free yet.
    return { next: 'restart', afterMs: recent <= 1 ? 0 : 250, backingOff: false };
  }
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (recent - ENDS_AT_ONCE));
  return { next: 'restart', afterMs: pause, backingOff: true };
}
