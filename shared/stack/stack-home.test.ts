import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isOurs, makeHome, stackHome } from './stack-home.ts';

const fresh = () => stackHome({ SURFACES_HOME: mkdtempSync(join(tmpdir(), 'surfaces-home-')) });

test('an empty folder becomes a home, and stays one', () => {
  const home = fresh();
  makeHome(home);
  makeHome(home);
  expect(isOurs(home)).toBe(true);
});

test('a folder with somebody’s files is neither used nor counted as ours to remove', () => {
  const home = fresh();
  writeFileSync(join(home.root, 'thesis.txt'), 'years of work');
  expect(isOurs(home)).toBe(false);
  expect(() => makeHome(home)).toThrow('holds other files');
  expect(readdirSync(home.root)).toEqual(['thesis.txt']);
});
