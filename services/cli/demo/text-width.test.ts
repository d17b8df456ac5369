import fc from 'fast-check';
import { expect, test } from 'vitest';
import { harmless } from '../../../shared/texts/harmless.ts';
import { textWidth, wrapText } from './text-width.ts';

test('letters take one cell, pictures and Chinese two', () => {
  expect([textWidth('word'), textWidth('слово'), textWidth('🎉'), textWidth('👩‍👩‍👧'), textWidth('漢字')]).toEqual([
    4, 5, 2, 2, 4,
  ]);
});

test('no line is wider than asked, and no letter is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 4, max: 40 }), (text, width) => {
      const line = harmless(text).replaceAll('\n', ' ');
      const lines = wrapText(line, width);
      for (const one of lines) expect(textWidth(one)).toBeLessThanOrEqual(width);
      expect(lines.join('').replace(/\s/g, '')).toBe(line.replace(/\s/g, ''));
    }),
  );
});

test('a text that grows changes only its last lines', () => {
  const words = Array.from({ length: 60 }, (_, index) => `word${index + 1}`);
  const before = wrapText(words.slice(0, 40).join(' '), 30);
  const after = wrapText(words.join(' '), 30);
  expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
});

test('a list item goes on under its text', () => {
  expect(wrapText('- one two three four', 10)).toEqual(['- one two', '  three', '  four']);
});
