import { describe, expect, test } from 'vitest';
import { nextEditDelay } from './pace.ts';

const CALM = { maxEdits: 30, sendMs: 15, crowd: 1 };

/** When the middle edits of an answer go out that lasts `durationMs` and grows by `bytesPerSecond`, in milliseconds. */
function editTimes(
  durationMs: number,
  { bytesPerSecond = 300, ...state } = { ...CALM, bytesPerSecond: 300 },
): number[] {
  const times: number[] = [];
  let now = 0;
  for (;;) {
    const bytes = Math.min(16_000, (bytesPerSecond * now) / 1000);
    const wait = nextEditDelay({ ageMs: now, edits: times.length, bytes, ...state });
    if (wait === null || now + wait >= durationMs) return times;
    now += wait;
    times.push(now);
  }
}

describe('edits of one message, the final one included', () => {
  test.each([
    // 30 words, 20 ms apart: with the first post three requests at most.
    { seconds: 0.6, atMost: 2, atLeast: 1 },
    { seconds: 2, atMost: 4, atLeast: 3 },
    { seconds: 10, atMost: 12, atLeast: 7 },
    { seconds: 60, atMost: 25, atLeast: 15 },
    { seconds: 600, atMost: 30, atLeast: 22 },
    { seconds: 3600, atMost: 30, atLeast: 25 },
  ])('an answer of $seconds s', ({ seconds, atMost, atLeast }) => {
    const edits = editTimes(seconds * 1000).length + 1;
    expect(edits).toBeLessThanOrEqual(atMost);
    expect(edits).toBeGreaterThanOrEqual(atLeast);
  });

  test('the cap holds for any cap, and one edit is kept for the final text', () => {
    for (const maxEdits of [0, 1, 2, 3, 5, 30, 100]) {
      expect(editTimes(36_000_000, { ...CALM, maxEdits }).length).toBeLessThanOrEqual(Math.max(0, maxEdits - 1));
    }
  });

  test('an answer of a quarter of an hour still moves in its second half', () => {
    expect(editTimes(900_000).filter((time) => time > 450_000).length).toBeGreaterThan(0);
  });
});

describe('the interval', () => {
  const at = (change: object) => nextEditDelay({ ageMs: 5000, edits: 3, bytes: 1000, ...CALM, ...change })!;

  test('grows with age, with size, and as edits run out', () => {
    expect(at({ ageMs: 20_000 })).toBeGreaterThan(at({}));
    expect(at({ bytes: 16_000 })).toBeGreaterThan(at({}));
    expect(at({ edits: 27 })).toBeGreaterThan(at({}));
    const times = editTimes(3_600_000);
    const intervals = times.map((time, index) => time - (times[index - 1] ?? 0));
    expect(intervals).toEqual([...intervals].sort((a, b) => a - b));
  });

  test('begins with 0.6 s', () => expect(nextEditDelay({ ageMs: 0, edits: 0, bytes: 0, ...CALM })).toBe(600));

  test.each([
    { crowd: 1, sendMs: 10 },
    { crowd: 50, sendMs: 10 },
    { crowd: 50, sendMs: 60 },
    { crowd: 200, sendMs: 20 },
  ])('leaves two thirds of the homeserver to others: $crowd answers, $sendMs ms a send', ({ crowd, sendMs }) => {
    const interval = at({ ageMs: 0, edits: 0, crowd, sendMs });
    const busy = (crowd * sendMs) / interval;
    expect(busy).toBeLessThanOrEqual(1 / 3 + 0.01);
  });

  test('however crowded, there is life within 15 s', () => {
    expect(at({ crowd: 5000, sendMs: 500 })).toBe(15_000);
  });
});
