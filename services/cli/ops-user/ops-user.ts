import { parseArgs } from 'node:util';
import { lookAtEnv, readEnv } from '../../../shared/config/read-env.ts';
import type { Act } from '../../../shared/operate/audited.ts';
import {
  addOpsAccount,
  type OpsAccount,
  opsAccounts,
  removeOpsAccount,
  setOpsPassword,
  setOpsRole,
} from '../../../shared/store/ops-accounts.ts';
import { hashPassword } from '../../../shared/store/ops-password.ts';
import { type Database, openDatabase } from '../../../shared/store/postgres.ts';
import { harmless } from '../../../shared/texts/harmless.ts';
import { ago } from '../../../shared/time/ago.ts';
import { asOperator } from '../as-operator.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { UsageError } from '../usage-error.ts';
import { askPassword } from './ask-password.ts';

type Role = OpsAccount['role'];
type Change = 'add' | 'role' | 'password' | 'remove';
type Called = { readonly name: string; readonly role: Role; readonly json: boolean };

type Account = Omit<OpsAccount, 'createdAt'>;

const CHANGES: Readonly<
  Record<
    Change,
    {
      readonly act: Act;
      /** False where there is none to be changed, or one in the way. */
      readonly run: (database: Database, account: Account) => Promise<boolean>;
      readonly text: (account: Account) => string;
    }
  >
> = {
  add: {
    act: 'add-account',
    run: addOpsAccount,
    text: ({ name, role }) => `${name} can log in to the operator’s page, as ${withArticle(role)}.`,
  },
  role: {
    act: 'change-role',
    run: (database, { name, role }) => setOpsRole(database, name, role),
    text: ({ name, role }) => `${name} is ${withArticle(role)}; it holds within 15 seconds.`,
  },
  password: {
    act: 'change-password',
    run: (database, { name, password }) => setOpsPassword(database, name, password),
    text: ({ name }) => `${name} has another password; sessions that the old one opened end within 15 seconds.`,
  },
  remove: {
    act: 'remove-account',
    run: (database, { name }) => removeOpsAccount(database, name),
    text: ({ name }) => `${name} is removed, and out within 15 seconds.`,
  },
};
/** How many words stand behind each. */
const WORDS: Readonly<Record<Change | 'list', number>> = { add: 1, list: 0, role: 2, password: 1, remove: 1 };
/** Nothing that could be taken for somebody who comes through a proxy or an issuer: `ann@example.org (oidc)`. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** `ops-user add|list|role|password|remove`: who may log in to the operator’s page with a password. */
export async function opsUser(args: string[]): Promise<number> {
  const { word, ...called } = readCall(args);
  const environment = environmentOfStack(process.env);
  const env = readEnv(environment, ['DATABASE_URL', 'SURFACES_NAMESPACE']);
  // Of the page, and not always known to who calls this.
  const configured = lookAtEnv(environment, ['OPS_USER']).values.OPS_USER ?? null;
  if (called.name === configured)
    throw new UsageError(`${configured} is the account of OPS_USER: it is changed in the configuration`);
  const options = { namespace: env.SURFACES_NAMESPACE, max: 1, applicationName: 'surfaces ops-user' };
  const database = openDatabase(env.DATABASE_URL, options);
  try {
    return word === 'list' ? await list(database, configured, called.json) : await change(database, word, called);
  } finally {
    await database.close();
  }
}

async function change(database: Database, word: Change, { name, role }: Called): Promise<number> {
  const there = (await opsAccounts(database)).some((account) => account.name === name);
  if (there === (word === 'add')) {
    process.stderr.write(
      there
        ? `surfaces: there is an account ${name} already; \`ops-user role\` and \`ops-user password\` change it.\n`
        : `surfaces: there is no account ${name}; \`ops-user list\` shows who there is.\n`,
    );
    return 1;
  }
  // Asked for before anything is written down: whoever goes away from the question has done nothing.
  const password = word === 'add' || word === 'password' ? await hashPassword(await askPassword(name)) : '';
  const { act, run, text } = CHANGES[word];
  const deed = { act, subject: name, ...((word === 'add' || word === 'role') && { details: { role } }) };
  const account = { name, role, password };
  const { state, text: said } = await asOperator(database, deed, async () =>
    (await run(database, account))
      ? { state: 'done', text: text(account) }
      : { state: 'nothing', text: `somebody else changed ${name} at the same time` },
  );
  say(said);
  return state === 'done' ? 0 : 1;
}

async function list(database: Database, configured: string | null, json: boolean): Promise<number> {
  const recorded = await opsAccounts(database);
  const all = [
    ...(configured === null ? [] : [{ name: configured, role: 'operator', createdAt: null, from: 'OPS_USER' }]),
    ...recorded.map(({ name, role, createdAt }) => ({ name, role, createdAt, from: 'ops-user' })),
  ];
  if (json) {
    say(JSON.stringify(all, null, 2));
    return 0;
  }
  if (all.length === 0) say('There are no accounts in the record.');
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, role, createdAt } of all) {
    const since = createdAt === null ? 'by the configuration (OPS_USER)' : `made ${ago(createdAt, Date.now())}`;
    say(`${harmless(name).padEnd(width)}  ${role.padEnd('operator'.length)}  ${since}`);
  }
  return 0;
}

function readCall(args: string[]): Called & { readonly word: Change | 'list' } {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { role: { type: 'string' }, json: { type: 'boolean' } },
  });
  const [word = '', ...more] = positionals;
  if (!isWord(word)) throw new UsageError(`ops-user takes ${Object.keys(WORDS).join(', ')}; see ops-user --help`);
  const [name = '', given] = more;
  if (more.length !== WORDS[word])
    throw new UsageError(`ops-user ${word} takes ${['nothing', 'a name', 'a name and a role'][WORDS[word]]}`);
  if (word !== 'list' && !NAME.test(name))
    throw new UsageError(
      `“${harmless(name)}” cannot be a name: 1 to 64 small letters, digits and . _ - (not in front); for example ann`,
    );
  if (values.role !== undefined && word !== 'add') throw new UsageError('--role belongs to ops-user add');
  if (values.json && word !== 'list') throw new UsageError('--json belongs to ops-user list');
  const role = given ?? values.role ?? 'reader';
  if (role !== 'reader' && role !== 'operator')
    throw new UsageError(`“${harmless(role)}” is no role: reader or operator`);
  return { word, name, role, json: values.json ?? false };
}

function isWord(word: string): word is Change | 'list' {
  return Object.hasOwn(WORDS, word);
}

function withArticle(role: Role): string {
  return role === 'operator' ? 'an operator' : 'a reader';
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
