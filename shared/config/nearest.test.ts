import { describe, expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const NAMES = ['help', 'stop', 'помощь', 'стоп'];

describe('nearest', () => {
  test.each([
    ['hlep', 'help'],
    ['hel', 'help'],
    ['stpo', 'stop'],
    ['помошь', 'помощь'],
    ['стопп', 'стоп'],
  ])('%s means %s', (word, name) => expect(nearest(word, NAMES)).toBe(name));

  test.each(['banana', '', 'x'.repeat(10_000)])('%.10s means nothing', (word) =>
    expect(nearest(word, NAMES)).toBeNull(),
  );
});
