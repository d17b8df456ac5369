import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textPieces } from './text-pieces.ts';
import { counterFor } from './token-counter.ts';

const ENGLISH = 'The quick brown fox (of 12,345) jumps over the “lazy” dog; then it says:\n\n  - hello, world!\n';
const RUSSIAN = 'Съешь ещё этих мягких французских булок, да выпей же чаю. ';

// The figures are those of the whole text in one go.
describe('a known model', () => {
  test.each([
    ['English', ENGLISH.repeat(100), 2_900],
    ['Russian', RUSSIAN.repeat(100), 1_901],
    ['one line', 'word '.repeat(5_000), 5_001],
    ['code', 'if (a[0] === "x") {\n\treturn { ...b, c };\n}\n'.repeat(200), 3_800],
  ])('has its own tokenizer: %s', async (_, text, tokens) => {
    const { name, count } = await counterFor('openai/gpt-4o');
    expect(name).toBe('o200k_base');
    expect(await count(text)).toBe(tokens);
  });

  test.each([
    ['Chinese', '我能吞下玻璃而不伤身体，他说。'.repeat(500), 6_001],
    [
      'base64',
      Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * at * 7919) % 251)).toString('base64'),
      18_111,
    ],
    ['emoji', '👩‍👩‍👧🎉'.repeat(2_000), 20_000],
  ])('is counted to within a hundredth where no word ends: %s', async (_, text, tokens) => {
    const counted = Number(await (await counterFor('gpt-4o')).count(text));
    expect(Math.abs(counted - tokens)).toBeLessThan(tokens / 100);
  });

  test('takes what looks like one of its marks for the text that it is', async () => {
    expect(await (await counterFor('gpt-4o')).count('<|endoftext|>')).toBeGreaterThan(3);
    expect(await (await counterFor('gpt-4')).count('')).toBe(0);
  });

  test.each([
    ['prose', RUSSIAN.repeat(17_000)],
    ['one word', 'a'.repeat(1_000_000)],
  ])('leaves others their turn while it counts a megabyte: %s', async (_, text) => {
    const { count } = await counterFor('gpt-4o');
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    await count(text);
    clearInterval(timer);
    // 10 to 20 ms on a quiet machine. In one go it is a second for the prose, and a quarter of an hour for the word.
    expect(longest).toBeLessThan(250);
  });
});

test('any other model is estimated', async () => {
  expect(await counterFor('llama3.2:1b')).toMatchObject({ name: 'estimate' });
});

test('pieces are the text, and never half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 500, maxLength: 4_000, size: 'max' }), (text) => {
      const pieces = [...textPieces(text)];
      expect(pieces.join('')).toBe(text);
      expect(pieces.every((piece) => piece.length > 0 && piece.length <= 1024 && piece.isWellFormed())).toBe(true);
    }),
    { numRuns: 50 },
  );
});
