/**
 * How a turn went, as the worker that ended it saw it. It stands in the record beside the answer's last words, in the
 * statement that commits these, and is forgotten with them. Milliseconds; what ends with `Ms` is counted from `startedAt`.
 */
export type TurnCourse = {
  readonly worker: string;
  readonly epoch: number;
  /** Since 1970, by the worker's clock. */
  readonly startedAt: number;
  /** From its place in the inbox to its start. */
  readonly queuedMs: number;
  /** An earlier worker had begun it. */
  readonly resumed: boolean;
  /** How often in a row it was put back before this start. */
  readonly waits: number;
  /** The agent's first and last word of the turn; null where there was none. */
  readonly heardFirstMs: number | null;
  readonly heardLastMs: number | null;
  /** What was shown while it grew: at, of which message, how long its text was in bytes. The first post is among them. */
  readonly drafts: readonly (readonly [ms: number, part: number, bytes: number])[];
  /** Drafts beyond those that are listed. */
  readonly moreDrafts: number;
  /** Answers 429 of the homeserver, those to the last words not counted. */
  readonly limited: number;
  readonly endedMs: number;
};
