import { expect, test } from 'vitest';
import { lastNight } from './last-night.ts';

const at = (day: number, hour: number, minute: number) => new Date(2026, 2, day, hour, minute);

test('the night that was last', () => {
  expect(lastNight(at(5, 3, 16))).toEqual(at(4, 3, 17));
  expect(lastNight(at(5, 3, 17))).toEqual(at(5, 3, 17));
  expect(lastNight(at(5, 23, 59))).toEqual(at(5, 3, 17));
  expect(lastNight(at(1, 0, 0))).toEqual(new Date(2026, 1, 28, 3, 17));
});
