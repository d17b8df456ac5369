import { expect, test } from 'vitest';
import { redraw } from './redraw.ts';

test('nothing is written where nothing differs', () => {
  expect(redraw(['a', 'b'], ['a', 'b'], 24)).toBe('');
});

test('only from the first line that differs', () => {
  expect(redraw(['a', 'b', 'status 1'], ['a', 'b c', 'd', 'status 2'], 24)).toBe('\x1b[2A\r\x1b[0Jb c\nd\nstatus 2\n');
});

test('the first drawing moves nothing up', () => {
  expect(redraw([], ['a'], 24)).toBe('\r\x1b[0Ja\n');
});

test('lines that left the screen are not reached for', () => {
  const drawn = Array.from({ length: 50 }, (_, index) => `line ${index}`);
  const next = ['changed', ...drawn.slice(1)];
  expect(redraw(drawn, next, 10).startsWith('\x1b[9A')).toBe(true);
});
