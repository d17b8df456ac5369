import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filePath, folderPath, shownPath, writtenPath } from './workspace-path.ts';

const HOSTILE = [
  '',
  '.',
  '..',
  '../x',
  'a/../../b',
  '/etc/passwd',
  'a/',
  'a/.',
  'a\\b',
  'a\0b',
  'a\ud800',
  'x'.repeat(513),
];

test.each(HOSTILE)('%j is the path of no file', (path) => {
  expect(filePath.safeParse(path).success).toBe(false);
  expect(writtenPath.safeParse(path).success).toBe(false);
});

test.each([
  ['a.txt', 'a.txt'],
  ['./a//b/./c.txt', 'a/b/c.txt'],
  ['..a/b..', '..a/b..'],
  ['Отчёт за март.txt', 'Отчёт за март.txt'],
])('%j is the path %j', (path, whole) => {
  expect(filePath.parse(path)).toBe(whole);
  expect(writtenPath.parse(path)).toBe(whole);
});

test.each([
  ['', []],
  ['.', []],
  ['./', []],
  ['inbox/', ['inbox']],
  ['a//b', ['a', 'b']],
])('the folder %j is %j', (path, names) => {
  expect(folderPath.parse(path)).toEqual(names);
});

test.each(['/', '..', 'a/../..', '/etc', 'a\\b', 'a\0'])('%j is no folder', (path) => {
  expect(folderPath.safeParse(path).success).toBe(false);
});

test.each([
  ['a line break', 'a\nb'],
  ['an escape', 'a\x1b[2Jb'],
  ['text from right to left', 'a\u202etxt.exe'],
  ['a space of no width', 'a\u200bb'],
  ['a space that does not break', 'a\u00a0b'],
  ['a filler', 'a\u3164'],
  ['an empty Braille cell', 'a\u2800'],
  ['more than a line holds', 'x'.repeat(256)],
  ['too many folders', `${'a/'.repeat(17)}b`],
])('nobody is asked to allow a path with %s, though such a file can be read', (_, path) => {
  expect(writtenPath.safeParse(path).success).toBe(false);
  expect(filePath.safeParse(path).success).toBe(true);
});

test('a path is shown as it is, or in quotation marks', () => {
  expect(shownPath('inbox/Отчёт-2.pdf')).toBe('inbox/Отчёт-2.pdf');
  expect(shownPath('my notes (2 kB).md')).toBe('"my notes (2 kB).md"');
  expect(shownPath('a"b')).toBe('"a\\"b"');
  expect(shownPath('a\u202eb\nc\u007f')).toBe('"a\\u202eb\\nc\\u007f"');
});

test('a path of any characters is shown such that it can be read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 120 }), (path) => {
      const shown = shownPath(path);
      expect(shown.startsWith('"') ? JSON.parse(shown) : shown).toBe(path);
    }),
  );
});

test('whatever the path, it is shown in one line in which everything is visible', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (path) => {
      expect(shownPath(path)).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      expect(shownPath(path).length).toBeLessThan(2_600);
    }),
  );
});

test('all of a path that may be written is shown, and no two are shown alike', () => {
  const path = fc.string({ unit: fc.constantFrom('a', 'б', ' ', '"', '/', '.', '…'), minLength: 1, maxLength: 255 });
  fc.assert(
    fc.property(path, (given) => {
      const { success, data } = writtenPath.safeParse(given);
      fc.pre(success);
      const shown = shownPath(data!);
      expect(shown.startsWith('"') ? JSON.parse(shown) : shown).toBe(data);
    }),
  );
});
