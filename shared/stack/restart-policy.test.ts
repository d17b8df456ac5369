import { describe, expect, test } from 'vitest';
import { decide, EXIT_NEEDS_OPERATOR } from './restart-policy.ts';

const now = 1_000_000;
/** The last of so many ends, each a second after the other, is now. */
const ends = (count: number) => Array.from({ length: count }, (_, at) => now - (count - 1 - at) * 1_000);

describe('a process that ended', () => {
  test('is started again at once, whatever its exit code', () => {
    for (const code of [0, 1, null]) {
      expect(decide(code, ends(1), now)).toEqual({ next: 'restart', afterMs: 0, backingOff: false });
    }
    expect(decide(1, ends(4), now)).toMatchObject({ next: 'restart', backingOff: false });
  });

  test('rests from the fifth end within a minute on, longer each time, and never longer than half a minute', () => {
    const pauses = [5, 6, 7, 8, 20].map((count) => decide(1, ends(count), now));
    expect(pauses.map((pause) => pause.next === 'restart' && pause.afterMs)).toEqual([
      5_000, 10_000, 20_000, 30_000, 30_000,
    ]);
    for (const pause of pauses) expect(pause).toMatchObject({ backingOff: true });
  });

  test('is forgiven what is longer ago', () => {
    const old = ends(10).map((at) => at - 61_000);
    expect(decide(1, [...old, now], now)).toEqual({ next: 'restart', afterMs: 0, backingOff: false });
  });

  test('is left alone when it asks for an operator', () => {
    expect(decide(EXIT_NEEDS_OPERATOR, ends(1), now)).toEqual({ next: 'leave' });
  });
});
