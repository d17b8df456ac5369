import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { ENGLISH, RUSSIAN } from '../../shared/texts/catalogue.ts';
import { errorTable } from './errors-doc.ts';
import { readSources } from './source-tree.ts';

const codes = Object.keys(ERROR_CODES);
const rows = new Map(
  errorTable()
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(' | '))
    .map(([code = '', ...cells]) => [code.replaceAll('`', ''), cells]),
);

test.each(codes)('%s: what becomes of the work, what an operator reads, what a person reads', (code) => {
  const cells = rows.get(code)!;
  expect(cells).toHaveLength(3);
  for (const cell of cells) expect(cell).toMatch(/\S.*[^\s*]/);
  const [, operator = '', person = ''] = cells;
  expect(operator, 'a sentence').toMatch(/\.$/);
  expect(person, 'a sentence').toMatch(/[.?:!`]\*?$/);
});

test.each(codes)('%s has a text in both languages, or people are told nothing; not both', (code) => {
  const { unsaid } = ERROR_CODES[code as keyof typeof ERROR_CODES] as { readonly unsaid?: string };
  expect(code in ENGLISH && unsaid !== undefined).toBe(false);
  expect(code in RUSSIAN).toBe(code in ENGLISH);
});

// That nothing is thrown with a code which is not in the table is for the compiler to say.
test('no code is there that nothing uses', () => {
  const sources = [...readSources(PROJECT_ROOT)].filter(
    ([path]) =>
      /^(shared|services)\//.test(path) && !/\.test\.ts$|errors\/codes\.ts$|^shared\/texts\/|\/alerts\//.test(path),
  );
  const used = (code: string) => sources.some(([, source]) => source.includes(`'${code}'`));
  expect(codes.filter((code) => !used(code))).toEqual([]);
});
