import { describe, expect, test } from 'vitest';
import { backoff, parseDuration } from './time.ts';

describe('durations', () => {
  test.each([
    ['90', 90_000],
    ['10m', 600_000],
    ['24h', 86_400_000],
    ['250ms', 250],
    ['1.5s', 1500],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));
  test.each(['', 'soon', '-1', '5 minutes', 'NaN'])('“%s” is refused with what is understood', (text) => {
    expect(() => parseDuration(text)).toThrow('10m');
  });
});

test('back-off grows to its limit and never beyond', () => {
  for (let attempt = 0; attempt < 1100; attempt += 1) {
    const ms = backoff(attempt, 100, 2000);
    expect(ms).toBeGreaterThanOrEqual(80);
    expect(ms).toBeLessThanOrEqual(2400);
  }
});
