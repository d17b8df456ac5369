export type PaceState = {
  /** Since the answer's first words were posted, in milliseconds; of the whole answer, not of its latest part. */
  readonly ageMs: number;
  /** Edits of this message so far. */
  readonly edits: number;
  /** Edits that this message may have; one of them is kept for the final text. */
  readonly maxEdits: number;
  /** UTF-8 bytes (about) that the next edit would carry. */
  readonly bytes: number;
  /** How long a send takes lately, waiting for our own gate not counted, in milliseconds. */
  readonly sendMs: number;
  /** Answers that stream in this process now, this one included. */
  readonly crowd: number;
};

const FIRST_INTERVAL_MS = 600;
/** With 600 ms + 12 % of the age, edit n comes at 5 s · (e^0.12n − 1): the 21st at a minute. */
const GROWTH = 0.12;
/** What is left of the edits is spread so that the last of them comes at four times the present age, or later. */
const HORIZON = 4;
/** A message of this size doubles the interval: an edit costs the homeserver and each client by its bytes. */
const HEAVY_BYTES = 32_000;
/** Middle edits take at most a third of the homeserver's time: the rest is for first words and final texts. */
const SHARE = 1 / 3;
/** However crowded it is, an answer shows some life. */
const LONGEST_CROWD_MS = 15_000;

/**
 * How long after the previous send of this message the next middle edit is due, in milliseconds; null when there will
 * be none, because only the final edit is left. First words and the final text are not paced: they go at once.
 */
export function nextEditDelay(state: PaceState): number | null {
  const left = state.maxEdits - 1 - state.edits;
  if (left <= 0) return null;
  const age = Math.max(0, state.ageMs);
  const natural = FIRST_INTERVAL_MS + GROWTH * age;
  const sparing = age * (HORIZON ** (1 / left) - 1);
  const weight = 1 + Math.max(0, state.bytes) / HEAVY_BYTES;
  // A homeserver answers about 1000 / sendMs sends a second; when it is busy sendMs grows, and this interval with it.
  const crowded = Math.min(LONGEST_CROWD_MS, (Math.max(1, state.crowd) * Math.max(0, state.sendMs)) / SHARE);
  return Math.round(Math.max(natural * weight, sparing, crowded));
}
