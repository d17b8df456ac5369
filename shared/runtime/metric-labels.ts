import { ERROR_CODES } from '../errors/codes.ts';

/** Codes of the one table, and no code. */
const CODES = Object.keys(ERROR_CODES).length + 1;

/**
 * Every label that a metric may have, with how many values it takes at most in one process. None of them is ever a room,
 * an event, a person, a session or a text: each value is a time series that is kept for months. What would need such a
 * label belongs into the log.
 */
export const LABELS = {
  /** What a run of reconciliation has mended: `do` of an action. */
  do: 30,
  /** A job of reconcile-worker, by its file. */
  job: 20,
  /** Of a request, an event, a question, a connection: words of the code. */
  kind: 60,
  /** Version of Node. */
  node: 1,
  /** Which limit of the people's own was met. */
  limit: 10,
  /** `ok` and the like, or a code. */
  outcome: CODES + 15,
  code: CODES,
  /** Parts of a turn. */
  phase: 3,
  /** Of a send: `first` or `middle`. */
  priority: 2,
  /** The queues, and `swept` for a look at all of them. */
  queue: 4,
  /** Why a connection or process ended: words of the code. */
  reason: 12,
  /** The commit. */
  revision: 1,
  /** How a turn ended; of a job in its queue; of a connection. */
  state: 8,
  /** `stop_reason` of the agent protocol. */
  stop_reason: 10,
  /** Of the record. */
  table: 20,
  version: 1,
  /** Of a file: `in` or `out`. */
  way: 2,
} as const satisfies Readonly<Record<string, number>>;

export type LabelName = keyof typeof LABELS;

/** What a value of a label looks like: a word of the code, a version, a commit. No id of Matrix fits, nor does a sentence. */
export const LABEL_VALUE = /^[A-Za-z0-9_.-]{0,40}$/;
