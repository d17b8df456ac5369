import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine, shortArguments, wholeArguments } from './show-arguments.ts';

test('a line has no breaks, no controls, no marks of direction, and an end', () => {
  expect(oneLine(' a\n\tb\u202e\u0007\u2028c\u3164 ', 100)).toBe('a b c');
  expect(oneLine('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
});

test('arguments are shown whole, and what cannot be seen is spelled', () => {
  expect(wholeArguments({ path: 'a\u202eb\u200b\u00a0\u{e0041}', n: 1 })).toBe(
    '{"path":"a\\u202eb\\u200b\\u00a0\\udb40\\udc41","n":1}',
  );
  const whole = wholeArguments({ text: 'x'.repeat(100_000) });
  expect(whole).toHaveLength(100_011);
});

test('they can be read back, whatever they are', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (args) => {
      const plain = JSON.parse(JSON.stringify(args));
      const shown = wholeArguments(plain)!;
      expect(JSON.parse(shown)).toEqual(plain);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test.each([[undefined], [null], [[]], ['x'], [{ n: 1n }]])('%s is no arguments', (args) => {
  expect(wholeArguments(args)).toBeUndefined();
  expect(shortArguments(args, 100)).toBe('');
});
