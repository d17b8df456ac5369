import { expect, test } from 'vitest';
import { endOfCharacter } from './end-of-character.ts';

test('no character is cut', () => {
  const text = 'ab🎉cd';
  const parts = [1, 2, 3, 4, 5].map((place) => text.slice(0, endOfCharacter(text, place)));
  expect(parts).toEqual(['a', 'ab', 'ab🎉', 'ab🎉', 'ab🎉c']);
  expect(endOfCharacter(text, 100)).toBe(100);
});
