import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { untilTrue } from '../../../e2e/until-true.ts';
import { PROJECT_ROOT } from '../../../shared/stack/project-root.ts';
import { type FreshDatabase, freshDatabase } from '../../../shared/store/fresh-database.ts';
import { opsAccounts } from '../../../shared/store/ops-accounts.ts';
import { auditEntries } from '../../../shared/store/ops-audit.ts';
import { fitsPassword } from '../../../shared/store/ops-password.ts';
import { weaknessOf } from './ask-password.ts';

const MAIN = `${PROJECT_ROOT}/services/cli/main.ts`;
const GOOD = 'correct horse battery';

describe.skipIf(!process.env.DATABASE_URL)('surfaces ops-user', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase(2);
  });
  afterAll(() => database.drop());

  const environment = () =>
    ({
      PATH: process.env.PATH,
      SURFACES_HOME: '/nowhere/at/all',
      DATABASE_URL: database.url,
      SURFACES_NAMESPACE: database.namespace,
      OPS_USER: 'chief',
    }) as unknown as NodeJS.ProcessEnv;

  async function call(args: readonly string[], stdin = '') {
    const child = spawn(process.execPath, [MAIN, 'ops-user', ...args], { env: environment() });
    const said = { out: '', err: '' };
    child.stdout.on('data', (data) => {
      said.out += data;
    });
    child.stderr.on('data', (data) => {
      said.err += data;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    const code = await new Promise((resolve) => child.once('close', resolve));
    return { code, ...said };
  }

  test('makes, lists, changes and removes accounts, and leaves a line of each in the audit', async () => {
    expect(await call(['add', 'ann'], `${GOOD}\n`)).toEqual({
      code: 0,
      out: 'ann can log in to the operator’s page, as a reader.\n',
      err: '',
    });
    const [ann] = await opsAccounts(database);
    expect(ann).toMatchObject({ name: 'ann', role: 'reader' });
    expect(await fitsPassword(GOOD, ann!.password)).toBe(true);

    expect((await call(['role', 'ann', 'operator'])).code).toBe(0);
    expect((await call(['password', 'ann'], 'another horse battery')).code).toBe(0);
    const [changed] = await opsAccounts(database);
    expect(changed).toMatchObject({ role: 'operator' });
    expect(await fitsPassword('another horse battery', changed!.password)).toBe(true);

    expect((await call(['list'])).out).toMatch(/^chief {2}operator {2}by the config.*\nann {4}operator {2}made .*\n$/);
    const listed = JSON.parse((await call(['list', '--json'])).out);
    expect(listed).toMatchObject([
      { name: 'chief', from: 'OPS_USER' },
      { name: 'ann', role: 'operator' },
    ]);
    expect(JSON.stringify(listed)).not.toContain('scrypt');

    expect((await call(['remove', 'ann'])).code).toBe(0);
    expect(await opsAccounts(database)).toEqual([]);
    const entries = await auditEntries(database, { limit: 10 });
    expect(entries.map(({ act, subject, details, outcome }) => [act, subject, details, outcome])).toEqual([
      ['remove-account', 'ann', null, expect.stringContaining('done: ann is removed')],
      ['change-password', 'ann', null, expect.stringContaining('done: ')],
      ['change-role', 'ann', { role: 'operator' }, expect.stringContaining('done: ann is an operator')],
      ['add-account', 'ann', { role: 'reader' }, expect.stringContaining('done: ')],
    ]);
    expect(entries[0]!.by).toMatch(/ \(command line\)$/);
  });

  test.each([
    ['without a word', [], '', 64, 'takes add, list, role, password, remove'],
    ['with a word that is none', ['delete', 'ann'], '', 64, 'takes add, list'],
    ['without a name', ['add'], '', 64, 'ops-user add takes a name'],
    ['with a name too many', ['remove', 'a', 'b'], '', 64, 'takes a name'],
    ['with a name like one of an issuer’s', ['add', 'ann@example.org'], GOOD, 64, 'cannot be a name'],
    ['with a name with capitals', ['add', 'Ann'], GOOD, 64, 'small letters'],
    ['with a role that is none', ['add', 'ann', '--role', 'admin'], GOOD, 64, '“admin” is no role'],
    ['for the account of the configuration', ['add', 'chief'], GOOD, 64, 'the account of OPS_USER'],
    ['with a short password', ['add', 'ann'], 'elevenchars\n', 64, 'has 11 characters, fewer than 12'],
    ['without a password', ['add', 'ann'], '', 64, 'no password on stdin'],
    ['for nobody', ['password', 'nobody'], GOOD, 1, 'there is no account nobody'],
    ['for nobody', ['remove', 'nobody'], '', 1, 'there is no account nobody'],
  ] as const)('%s: says what is wrong, and changes nothing', async (_, args, stdin, code, text) => {
    const called = await call(args, stdin);
    expect([called.code, called.err]).toEqual([code, expect.stringContaining(text)]);
    expect(await opsAccounts(database)).toEqual([]);
  });

  test('does not take the place of an account that there is', async () => {
    await call(['add', 'bob'], GOOD);
    const before = await opsAccounts(database);
    expect((await call(['add', 'bob', '--role', 'operator'], 'another horse battery')).code).toBe(1);
    expect(await opsAccounts(database)).toEqual(before);
    await call(['remove', 'bob']);
  });

  test('is explained by --help', async () => {
    const { code, out } = await call(['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('ops-user remove <name>')]);
  });

  test.skipIf(!existsSync('/usr/bin/script'))('at a terminal asks twice and shows nothing of it', async () => {
    const type = async (...answers: readonly string[]) => {
      const command = [process.execPath, MAIN, 'ops-user', 'add', 'tty'].join(' ');
      const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env: environment() });
      let shown = '';
      child.stdout.on('data', (data) => {
        shown += data;
      });
      const ended = new Promise((resolve) => child.once('close', resolve));
      for (const [index, answer] of answers.entries()) {
        const question = ['Password: ', 'Again: '][index]!;
        await untilTrue(question, () => shown.includes(question), 20_000);
        child.stdin.write(`${answer}\r`);
      }
      return { code: await ended, shown };
    };
    const differing = await type(GOOD, `${GOOD}?`);
    expect([differing.code, differing.shown]).toEqual([64, expect.stringContaining('not the same twice')]);
    const done = await type(GOOD, GOOD);
    expect([done.code, done.shown]).toEqual([0, expect.stringContaining('tty can log in')]);
    expect(done.shown + differing.shown).not.toContain('horse');
  });
});

test.each([
  ['long-name-of-ann', 'Long-Name-Of-Ann', 'is the name'],
  ['ann', 'aaaaaaaaaaaaaaaa', 'is made of fewer than 5 different characters'],
  ['ann', 'a'.repeat(201), 'has more than 200 characters'],
  ['ann', 'correct\thorse', 'has a character that cannot be typed into a form'],
  ['ann', 'двенадцать б', null],
])('of %s, the password %s %s', (name, password, weakness) => expect(weaknessOf(password, name)).toBe(weakness));
