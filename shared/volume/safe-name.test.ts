import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONGEST_NAME, numbered, safeName } from './safe-name.ts';

const long = 'x'.repeat(4096);

describe('a safe name keeps what the original says', () => {
  test.each([
    ['report.pdf', 'report.pdf'],
    ['Отчёт за март.pdf', 'Otchet-za-mart.pdf'],
    ['写真.jpg', 'XieZhen.jpg'],
    ['naïve café.txt', 'naive-cafe.txt'],
    ['nai\u0308ve.txt', 'naive.txt'],
    ['IMG 1 (2).JPG', 'IMG-1-2.JPG'],
    ['it’s “mine”.md', 'its-mine.md'],
    ['backup.tar.gz', 'backup.tar.gz'],
    ['__init__.py', '__init__.py'],
    ['😀🎉', 'grinning-tada'],
    ['👍🏽.png', 'thumbsup.png'],
    ['½ cup.txt', '1-2-cup.txt'],
  ])('%j → %s', (original, name) => expect(safeName(original)).toBe(name));
});

describe('a safe name does no harm', () => {
  test.each([
    ['../../etc/passwd', 'passwd'],
    ['a/b\\c.txt', 'c.txt'],
    ['C:\\Users\\me\\x.doc', 'x.doc'],
    ['folder/', 'folder'],
    ['..', 'file'],
    ['a/..', 'file'],
    ['．．／etc', 'etc'],
    ['℀.txt', 'a-c.txt'],
    ['a\0b.txt', 'ab.txt'],
    ['a\r\nb\x1b[31m.txt', 'ab-31m.txt'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['a\u200b\u2066b\ufeff.txt', 'ab.txt'],
    ['half\ud83d.txt', 'half.txt'],
    ['.ssh', 'ssh'],
    ['..bashrc', 'bashrc'],
    ['-rf', 'rf'],
    ['--help.txt', 'help.txt'],
    ['$(reboot);`id`.sh', 'reboot-id.sh'],
    ['report.pdf. . ', 'report.pdf'],
    ['a..b', 'a.b'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['Lpt1.tar.gz', '_Lpt1.tar.gz'],
    ['COM¹', '_COM1'],
    ['console.txt', 'console.txt'],
    ['', 'file'],
    ['   ', 'file'],
    ['???.pdf', 'file.pdf'],
    [long, 'x'.repeat(120)],
    [`${long}.pdf`, `${'x'.repeat(116)}.pdf`],
    [`${long}.tar.gz`, `${'x'.repeat(113)}.tar.gz`],
    [`a.${long}`, `a.${'x'.repeat(118)}`],
  ])('%j → %s', (original, name) => expect(safeName(original)).toBe(name));
});

describe('an extension from the content type', () => {
  test.each([
    ['photo', '.jpg', 'photo.jpg'],
    ['photo.png', '.jpg', 'photo.png'],
    ['Version 1.2', '.pdf', 'Version-1.2.pdf'],
    ['', '.jpg', 'file.jpg'],
    ['CON', '.txt', '_CON.txt'],
    ['photo', 'jpg', 'photo'],
    ['photo', '.j/../g', 'photo'],
    ['photo', `.${'x'.repeat(17)}`, 'photo'],
    [long, '.jpg', `${'x'.repeat(116)}.jpg`],
  ])('%j with %j → %s', (original, extension, name) => expect(safeName(original, extension)).toBe(name));
});

test.each([
  ['report.pdf', 2, 'report-2.pdf'],
  ['backup.tar.gz', 3, 'backup-3.tar.gz'],
  ['README', 2, 'README-2'],
  ['Version-1.2', 2, 'Version-1.2-2'],
  ['_con.txt', 2, '_con-2.txt'],
  [`${'x'.repeat(116)}.pdf`, 12, `${'x'.repeat(113)}-12.pdf`],
])('%s as number %i is %s', (name, n, expected) => expect(numbered(name, n)).toBe(expected));

/** Names that a mean or a careless person would choose, beside arbitrary text. */
const original = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        '.',
        '..',
        '/',
        '\\',
        '-',
        '_',
        ' ',
        '\n',
        '\0',
        '\u202e',
        '\u200b',
        'con',
        'NUL',
        'a',
        '1',
        '.tar',
        '.gz',
        'ж',
        '写',
        '😀',
        '\ud800',
        "'",
        'x'.repeat(60),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);
const extension = fc.option(fc.constantFrom('.jpg', '.tar.gz', '.7z', '.1', 'jpg', '.', ''), { nil: undefined });

function expectSafe(name: string): void {
  expect(name).toMatch(/^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/);
  expect(name.length).toBeLessThanOrEqual(LONGEST_NAME);
  expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
  expect(name).not.toContain('..');
}

describe('whatever it is called', () => {
  test('the name is safe, and its own safe name', () => {
    fc.assert(
      fc.property(original, extension, (text, ending) => {
        const name = safeName(text, ending);
        expectSafe(name);
        expect(safeName(name, ending)).toBe(name);
        expect(safeName(name)).toBe(name);
      }),
      { numRuns: 3000 },
    );
  });

  test('so is a numbered one, and different numbers are different names with the same extension', () => {
    fc.assert(
      fc.property(original, extension, fc.integer({ min: 2, max: 1e9 }), (text, ending, n) => {
        const name = safeName(text, ending);
        expectSafe(numbered(name, n));
        expect(safeName(numbered(name, n))).toBe(numbered(name, n));
        expect(numbered(name, n)).not.toBe(numbered(name, n + 1));
        expect(numbered(name, n)).not.toBe(name);
        const [last] = /\.[A-Za-z]{1,16}$/.exec(name) ?? [''];
        expect(numbered(name, n).endsWith(last)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
