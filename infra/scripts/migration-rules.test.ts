import { expect, test } from 'vitest';
import { readMigrations } from '../../shared/store/migrations.ts';
import { migrationProblems } from './migration-rules.ts';

const EXPANDS = '-- surfaces: expands\n';
const PIECEWISE = '-- surfaces: expands, statement by statement\n';
const LOCK = "SET LOCAL lock_timeout = '5s';\n";
const problems = (sql: string) => migrationProblems([{ name: '20991231000000_new', sql }]);

test('the project’s own migrations keep the rules', () => {
  expect(migrationProblems(readMigrations())).toEqual([]);
});

test('a new migration has to be marked; the old ones cannot be any more', () => {
  expect(problems('CREATE TABLE a (id int);')).toEqual([expect.stringContaining('first line')]);
  expect(migrationProblems([{ name: '20261128120000_reconcile', sql: 'DROP TABLE a;' }])).toEqual([]);
});

test.each([
  [
    'a table and its indexes',
    `${EXPANDS}CREATE TABLE a (id int NOT NULL);\nCREATE INDEX a_idx ON a(id);\nALTER TABLE a ADD CONSTRAINT c CHECK (id > 0);`,
  ],
  [
    'a column',
    `${EXPANDS}${LOCK}ALTER TABLE lane ADD COLUMN a text, ADD COLUMN b int NOT NULL DEFAULT 0, ADD c int DEFAULT 0 NOT NULL;`,
  ],
  [
    'a constraint that is validated later',
    `${EXPANDS}${LOCK}ALTER TABLE lane ADD CONSTRAINT c CHECK (epoch > 0) NOT VALID;`,
  ],
  [
    'a function, with whatever it does',
    `${EXPANDS}CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DROP TABLE a; $$;`,
  ],
  [
    'an index, concurrently',
    `${PIECEWISE}SET lock_timeout = '5s';\nDROP INDEX CONCURRENTLY IF EXISTS i;\nCREATE INDEX CONCURRENTLY i ON lane_item(queue);`,
  ],
  [
    'an index on a small table, or with a reason',
    `${EXPANDS}${LOCK}CREATE INDEX i ON room(name);\n-- why: it is empty until this release\nCREATE INDEX j ON told(key);`,
  ],
  ['whatever contracts', `-- surfaces: contracts\n${LOCK}ALTER TABLE lane DROP COLUMN waits;`],
])('%s is all right', (_, sql) => {
  expect(problems(sql)).toEqual([]);
});

test.each([
  ['ALTER TABLE lane DROP COLUMN waits;', 'drops'],
  ['DROP TABLE told;', 'drops'],
  ['DROP FUNCTION lane_release(text);', 'drops'],
  ['ALTER TABLE lane RENAME COLUMN waits TO tries;', 'renames'],
  ['ALTER TABLE lane ALTER COLUMN waits TYPE bigint;', 'type'],
  ['ALTER TABLE lane ALTER COLUMN waits SET DATA TYPE bigint;', 'type'],
  ['ALTER TABLE room ALTER COLUMN name SET NOT NULL;', 'does not know of'],
  ['ALTER TABLE room ALTER COLUMN at DROP DEFAULT;', 'default away'],
  ['ALTER TABLE room ADD COLUMN a int DEFAULT 0, ADD COLUMN b int NOT NULL;', 'without a default'],
  ['ALTER TABLE room ADD CONSTRAINT c CHECK (true);', 'constraint'],
  ['CREATE INDEX i ON lane_item(queue);', 'without CONCURRENTLY'],
  ['DROP INDEX lane_item_received_at_idx;', 'without CONCURRENTLY'],
  ['CREATE INDEX CONCURRENTLY i ON lane_item(queue);', 'inside of a transaction'],
])('what expands may not: %s', (statement, what) => {
  expect(problems(`${EXPANDS}${LOCK}${statement}`)).toEqual([expect.stringContaining(what)]);
});

test('locks are not waited for without end', () => {
  expect(problems(`${EXPANDS}ALTER TABLE room ADD COLUMN a int;`)).toEqual([expect.stringContaining('lock_timeout')]);
});

test('a piecewise migration can be begun again', () => {
  const sql = `${PIECEWISE}SET lock_timeout = '5s';\nCREATE INDEX CONCURRENTLY i ON lane_item(queue);`;
  expect(problems(sql)).toEqual([expect.stringContaining('does not drop i first')]);
});
