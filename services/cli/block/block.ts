import { parseArgs } from 'node:util';
import { readEnv } from '../../../shared/config/read-env.ts';
import { canBeBlocked, letIn, shutOut } from '../../../shared/operate/blocking.ts';
import { blockedOnes } from '../../../shared/store/blocked.ts';
import { type Database, openDatabase } from '../../../shared/store/postgres.ts';
import { harmless } from '../../../shared/texts/harmless.ts';
import { ago } from '../../../shared/time/ago.ts';
import { asOperator, ownName } from '../as-operator.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { UsageError } from '../usage-error.ts';

/** `block <who> [--reason TEXT]`: from now on this person, or all of this homeserver, may not use the bot. */
export async function blockSubject(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { reason: { type: 'string' } } });
  const subject = subjectOf(positionals);
  return withDatabase(async (database) => {
    const reason = values.reason?.trim() || null;
    const { state } = await asOperator(database, { act: 'block', subject, details: { reason } }, () =>
      shutOut(database, { subject, reason, by: ownName() }),
    );
    say(
      state === 'done'
        ? `${subject} is blocked: what they write from now on is not answered, and they are told once in each room.\nWhat runs goes on. To take it back: surfaces unblock ${subject}`
        : `${subject} was blocked already; see surfaces blocked.`,
    );
    return 0;
  });
}

/** `unblock <who>` */
export async function unblockSubject(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const subject = subjectOf(positionals);
  return withDatabase(async (database) => {
    const { state } = await asOperator(database, { act: 'unblock', subject }, () => letIn(database, subject));
    const was = state === 'done';
    say(
      was
        ? `${subject} is not blocked any more. What they wrote meanwhile is not answered; they can send it again.`
        : `${subject} was not blocked; see surfaces blocked.`,
    );
    return was ? 0 : 1;
  });
}

/** `blocked [--json]`: who is shut out, by whom, since when, and why. */
export async function listBlocked(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  return withDatabase(async (database) => {
    const blocked = await blockedOnes(database);
    if (values.json) say(JSON.stringify(blocked, null, 2));
    else if (blocked.length === 0) say('Nobody is blocked.');
    else
      for (const { subject, reason, by, at } of blocked)
        say(`${harmless(subject)}  ${ago(at, Date.now())}, by ${by}${reason === null ? '' : `: ${harmless(reason)}`}`);
    return 0;
  });
}

function subjectOf(positionals: readonly string[]): string {
  const [subject, ...more] = positionals;
  if (subject === undefined || more.length > 0)
    throw new UsageError('name one person or homeserver; for example @ann:example.org or *:example.org');
  if (!canBeBlocked(subject))
    throw new UsageError(`${subject} is neither a user id nor *:server; for example @ann:example.org or *:example.org`);
  return subject;
}

async function withDatabase(work: (database: Database) => Promise<number>): Promise<number> {
  const env = readEnv(environmentOfStack(process.env), ['DATABASE_URL', 'SURFACES_NAMESPACE']);
  const options = { namespace: env.SURFACES_NAMESPACE, max: 1, applicationName: 'surfaces block' };
  const database = openDatabase(env.DATABASE_URL, options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
