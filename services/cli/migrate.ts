import { parseArgs } from 'node:util';
import { readEnv } from '../../shared/config/read-env.ts';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { untilWorks } from '../../shared/errors/until-works.ts';
import { migrate, pendingMigrations } from '../../shared/store/migrate.ts';
import { markOf } from '../../shared/store/migration-mark.ts';
import { openDatabase } from '../../shared/store/postgres.ts';
import { environmentOfStack } from './settings-of-stack.ts';

const EXIT_TO_DO = 2;
/** SQLSTATE: the user or the password is refused, or the database is not there. It stays so, however long one waits. */
const REFUSED = /^(28|3D)/;

/** What `surfaces migrate --help` adds. */
export const MIGRATE_HELP = `
Applies the migrations that the database lacks, oldest first. Safe to run again, and at once from several machines: they take
turns. A migration whose file was changed after it was applied is refused. What expands may be applied while the release before
is running; what contracts may not (docs/MIGRATIONS.md).

  --wait              wait for a database that is away; one that refuses DATABASE_URL's user, password or name ends it
  --dry-run           only name what would be applied
  --json              as JSON on stdout; what goes on is told on stderr

Exit codes: 0 the database is up to date · 2 with --dry-run: something would be applied · 1 it failed · 64 wrong usage ·
78 the database does not fit this code, or refuses DATABASE_URL
`;

/** `migrate [--wait] [--dry-run] [--json]`: safe to run twice, and at once from several machines. */
export async function migrateDatabase(args: string[]): Promise<number> {
  const options = { wait: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args, options });
  const env = readEnv(environmentOfStack(process.env), ['DATABASE_URL', 'SURFACES_NAMESPACE']);
  const json = values.json ?? false;
  const work = () =>
    values['dry-run'] ? showPending(env.DATABASE_URL, env.SURFACES_NAMESPACE, json) : apply(env, json);
  if (!values.wait) return work();
  const onFailure = (_: unknown, why: string) => process.stderr.write(`waiting: ${why}\n`);
  return untilWorks(() => work().catch(whyRefused), { signal: new AbortController().signal, onFailure });
}

/** @throws what it is given; `config_invalid` where Postgres answers, and says no. */
function whyRefused(error: unknown): never {
  const { code, message } = ((error as Error).cause ?? {}) as { code?: string; message?: string };
  if (!REFUSED.test(code ?? '')) throw error;
  throw new SurfacesError('config_invalid', `Postgres refuses DATABASE_URL: ${message}`, { cause: error });
}

async function apply(env: { DATABASE_URL: string; SURFACES_NAMESPACE: string }, json: boolean): Promise<number> {
  const progress = json ? process.stderr : process.stdout;
  const { applied } = await migrate(env.DATABASE_URL, env.SURFACES_NAMESPACE, (line) => progress.write(`${line}\n`));
  if (json) process.stdout.write(`${JSON.stringify({ applied })}\n`);
  else if (applied.length === 0) process.stdout.write('The database is up to date.\n');
  else process.stdout.write(`Applied ${applied.length}: the database is up to date.\n`);
  return 0;
}

async function showPending(url: string, namespace: string, json: boolean): Promise<number> {
  const database = openDatabase(url, { namespace, max: 1, applicationName: 'surfaces migrate' });
  try {
    const { at, pending } = await pendingMigrations(database);
    const marked = pending.map(({ name, sql }) => ({ name, expands: markOf(sql).kind === 'expands' }));
    if (json) process.stdout.write(`${JSON.stringify({ at, pending: marked })}\n`);
    else process.stdout.write(sentences(at, marked));
    return pending.length === 0 ? 0 : EXIT_TO_DO;
  } finally {
    await database.close();
  }
}

function sentences(at: string, pending: readonly { readonly name: string; readonly expands: boolean }[]): string {
  if (pending.length === 0) return `The database is up to date, at ${at}.\n`;
  const lines = pending.map(({ name, expands }) => `  ${name}  ${expands ? 'expands' : 'contracts'}`);
  const stop = pending.some(({ expands }) => !expands) && at !== 'nothing';
  const advice = stop ? 'Stop the roles that run before you apply them: older code may not go on beside them.\n' : '';
  return `The database is at ${at}. To be applied:\n${lines.join('\n')}\n${advice}`;
}
