import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkName } from './check-name.ts';

describe('a name', () => {
  test.each([
    ['  Holiday plans ', 'Holiday plans'],
    ['Планы на отпуск', 'Планы на отпуск'],
    ['🏖️ 👩‍👩‍👧 été', '🏖️ 👩‍👩‍👧 été'],
    ['**bold** <b>', '**bold** <b>'],
    ['x'.repeat(100), 'x'.repeat(100)],
    ['👩‍👩‍👧'.repeat(100), '👩‍👩‍👧'.repeat(100)],
  ])('%.30j is taken as it is, trimmed', (text, name) => expect(checkName(text)).toEqual({ name }));

  test.each(['', '   ', 'two\nlines', 'a\u0000b', 'evil\u202etxt', '\u200b', 'a\ud800'])('%j cannot be read', (text) =>
    expect(checkName(text)).toEqual({ problem: 'name_unreadable' }),
  );

  test.each(['x'.repeat(101), '👩‍👩‍👧'.repeat(101), 'y'.repeat(60_000)])('%.5j… is too long', (text) =>
    expect(checkName(text)).toEqual({ problem: 'name_too_long' }),
  );

  test('that was taken is one line, well formed, and taken again as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const checked = checkName(text);
        if (!('name' in checked)) return;
        expect(checked.name).not.toMatch(/[\n\r]/);
        expect(checked.name.isWellFormed()).toBe(true);
        expect(checkName(checked.name)).toEqual(checked);
      }),
    );
  });
});
