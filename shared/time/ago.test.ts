import { expect, test } from 'vitest';
import { ago, clock, span } from './ago.ts';

const NOW = Date.parse('2026-11-27T14:03:05Z');
const before = (ms: number) => new Date(NOW - ms);

test.each([
  [0, '0 s'],
  [41_400, '41 s'],
  [180_000, '3 min'],
  [2 * 3_600_000, '2 h'],
  [5 * 86_400_000, '5 days'],
])('%i ms are %s', (ms, text) => expect(span(ms)).toBe(text));

test('times are told by distance and by the clock', () => {
  expect(ago(before(200), NOW)).toBe('just now');
  expect(ago(before(40_000), NOW)).toBe('40 s ago');
  expect(clock(before(0))).toBe('27 Nov 14:03:05 UTC');
});
