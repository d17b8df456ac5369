import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unfitMutations } from './unfit-mutations.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'unfit-mutations-'));
  writeFileSync(join(root, 'code.ts'), 'once twice twice');
  const sql = (name: string, text: string) => {
    mkdirSync(join(root, 'migrations', name), { recursive: true });
    writeFileSync(join(root, 'migrations', name, 'migration.sql'), text);
  };
  sql('1_start', 'CREATE FUNCTION kept() one;\nCREATE FUNCTION changed() two;\nCREATE TABLE three;');
  sql('2_later', 'CREATE OR REPLACE FUNCTION changed() anew;');
  writeFileSync(join(root, 'migrations/lock.toml'), '');
});
afterAll(() => rmSync(root, { recursive: true }));

const START = 'migrations/1_start/migration.sql';

test.each([
  ['code.ts', 'once', []],
  ['code.ts', 'twice', ['code.ts holds 2 times, not once: twice']],
  ['code.ts', 'gone', ['code.ts holds 0 times, not once: gone']],
  ['moved.ts', 'once', ['moved.ts is not there any more']],
  [START, 'one', []],
  [START, 'two', [`${START} is out of use: a later migration defines changed again, without: two`]],
  ['migrations/2_later/migration.sql', 'anew', []],
])('%s: %s', (file, find, expected) => {
  expect(unfitMutations(root, [{ file, find }])).toEqual(expected);
});
