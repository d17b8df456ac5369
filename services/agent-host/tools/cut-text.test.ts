import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutText, textOf } from './cut-text.ts';

const WHOLE = { isStart: true, isEnd: true, mostLines: Number.POSITIVE_INFINITY, wholeLines: true };
const cut = (text: string | Buffer, options: Partial<typeof WHOLE> = {}) =>
  cutText(Buffer.from(text as string), { ...WHOLE, ...options });

test('all of it', () => {
  expect(cut('one\ntwo\n')).toEqual({ text: 'one\ntwo\n', skipped: 0, length: 8, lines: 2 });
  expect(cut('one\ntwo')).toMatchObject({ length: 7, lines: 2 });
  expect(cut('')).toEqual({ text: '', skipped: 0, length: 0, lines: 0 });
});

test('so many lines', () => {
  expect(cut('1\n2\n3\n', { mostLines: 2 })).toMatchObject({ text: '1\n2\n', lines: 2 });
  expect(cut('1\n2\n3', { mostLines: 3 })).toMatchObject({ text: '1\n2\n3', lines: 3 });
});

test('a line that goes on is left, unless it is the only one', () => {
  expect(cut('one\ntwo', { isEnd: false })).toMatchObject({ text: 'one\n', lines: 1 });
  expect(cut('one\ntwo', { isEnd: false, wholeLines: false })).toMatchObject({ text: 'one\ntwo' });
  expect(cut('one', { isEnd: false })).toMatchObject({ text: 'one', length: 3 });
});

test('characters that are torn at either end are left', () => {
  const bytes = Buffer.from('жabж');
  expect(cutText(bytes.subarray(1, -1), { ...WHOLE, isStart: false, isEnd: false })).toMatchObject({
    text: 'ab',
    skipped: 1,
    length: 2,
  });
  expect(cutText(bytes.subarray(1), WHOLE)).toBeUndefined();
  expect(cutText(bytes.subarray(0, -1), WHOLE)).toBeUndefined();
});

test('what is not UTF-8 is no text, nor is what has a NUL', () => {
  expect(textOf(Buffer.from('caf\xe9 au lait', 'latin1'))).toBeUndefined();
  expect(textOf(Buffer.from('a\0b'))).toBeUndefined();
  expect(textOf(Buffer.from('\ufeffa'))).toBe('a');
});

test('pieces of any size, one after the other, are the whole text, and there is an end', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ж', '漢', '🎉', '\n', '\r\n'), maxLength: 200 });
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 40 }), fc.boolean(), (whole, size, wholeLines) => {
      const bytes = Buffer.from(whole);
      let read = '';
      for (let at = 0; at < bytes.length; ) {
        const chunk = bytes.subarray(at, at + size);
        const ends = { isStart: at === 0, isEnd: at + size >= bytes.length };
        const piece = cutText(chunk, { ...ends, mostLines: 3, wholeLines })!;
        expect(piece.skipped).toBe(0);
        expect(piece.length).toBeGreaterThan(0);
        read += piece.text;
        at += piece.length;
      }
      expect(read).toBe(whole);
    }),
  );
});

test('from wherever it begins, it gets further', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ж', '漢', '🎉'), minLength: 12, maxLength: 30 });
  fc.assert(
    fc.property(text, fc.nat({ max: 4 }), (whole, at) => {
      const piece = cut(Buffer.from(whole).subarray(at, at + 8), { isStart: false, isEnd: false });
      expect(piece?.length).toBeGreaterThan(0);
    }),
  );
});
