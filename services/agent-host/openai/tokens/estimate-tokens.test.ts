import { expect, test } from 'vitest';
import { estimateTokens } from './estimate-tokens.ts';

test.each([
  ['', 0],
  ['four', 1],
  ['fives', 2],
  ['éééé', 2],
  ['Съешь', 5],
  ['Съешь it', 6],
  ['漢字', 3],
  ['🎉', 2],
])('%j is about %i tokens', (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens);
});
