/** The times of a source of MCP tools, in ms; tests have shorter ones. */
export type Pace = {
  /** Until a server is started, has agreed on a protocol and has listed its tools. */
  readonly connectMs: number;
  /** Between tries while a server does not answer: the first, doubled up to the last. */
  readonly firstRetryMs: number;
  readonly mostRetryMs: number;
  /** Of a call that keeps telling of its progress. */
  readonly longestCallMs: number;
  /** A list older than this is read again: not every server tells of changes. */
  readonly listAgeMs: number;
  /** Between SIGTERM and SIGKILL; also for an HTTP server to take note of the end of a session. */
  readonly graceMs: number;
};

export const USUAL_PACE: Pace = {
  connectMs: 10_000,
  firstRetryMs: 1_000,
  mostRetryMs: 60_000,
  longestCallMs: 600_000,
  listAgeMs: 300_000,
  graceMs: 2_000,
};

/** Bytes of one message of a server. Pictures come as base64 and have to pass, though they are left out of the result. */
export const MOST_MESSAGE_BYTES = 8 * 1024 ** 2;

export const TOO_LONG = `its message is longer than ${MOST_MESSAGE_BYTES / 1024 ** 2} MiB`;
