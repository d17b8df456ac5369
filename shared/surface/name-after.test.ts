import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameAfter } from './name-after.ts';

describe('a room is named after its first question', () => {
  test.each([
    ['How do I bake bread?', 'How do I bake bread?'],
    ['**How** do I `bake` _bread_?', 'How do I bake bread?'],
    ['# Plan\n\n- one\n- two', 'Plan one two'],
    ['see [the page](https://example.org/x) and https://example.org/y', 'see the page and'],
    ['```\ncode\n```\nWhat does this do?', 'What does this do?'],
    ['Помоги, пожалуйста, составить план поездки на Байкал', 'Помоги, пожалуйста, составить план…'],
    ['one, two, three, four, five, six, seven, eight', 'one, two, three, four, five, six, seven…'],
    ['<b>hi</b>\u202e there', 'hi there'],
    ['x'.repeat(100), `${'x'.repeat(39)}…`],
  ])('%j → %j', (text, name) => expect(nameAfter(text)).toBe(name));

  test.each(['', '***', '```\nonly code\n```', '???', '<img>'])('%j gives no name', (text) =>
    expect(nameAfter(text)).toBeNull(),
  );

  test('in at most 40 characters, on one line, without markup, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.lorem({ maxCount: 30 }), fc.string({ unit: 'binary' })),
        (text) => {
          const name = nameAfter(text);
          if (name === null) return;
          expect([...new Intl.Segmenter().segment(name)].length).toBeLessThanOrEqual(40);
          expect(name).not.toMatch(/[\n*_`~|<>]/);
          expect(name).toBe(name.trim());
          expect(name.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});
