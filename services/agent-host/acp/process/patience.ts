/** How long things may take, in ms. */
export type Patience = {
  /** From the start of a process to its answer to `initialize`; OpenCode takes 5 s on two busy cores. */
  readonly initializeMs: number;
  /** For a session to be opened or loaded, and for each of its settings. */
  readonly requestMs: number;
  /** From `session/cancel` to the end of the prompt. */
  readonly cancelMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminateMs: number;
  /** For a place in a process, while all are at work. */
  readonly placeMs: number;
  /** Before a process is started again: after the first failure, and at most. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Between two looks at the memory of processes. */
  readonly memoryLookMs: number;
};

export const PATIENCE: Patience = {
  initializeMs: 60_000,
  requestMs: 60_000,
  cancelMs: 5_000,
  terminateMs: 3_000,
  placeMs: 30_000,
  firstPauseMs: 1_000,
  longestPauseMs: 60_000,
  memoryLookMs: 5_000,
};
