import type { UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** Whom the operator has shut out: one person (`@user:server`) or all of a homeserver (`*:server`). */
export type Blocked = {
  readonly subject: string;
  readonly reason: string | null;
  /** Which operator, as the machine or the page knows them. */
  readonly by: string;
  readonly at: Date;
};

/** SQL: whether the person in the parameter `person` is shut out, by themselves or by their homeserver. */
export const isBlockedSql = (person: string) =>
  `EXISTS (SELECT FROM blocked b WHERE b.subject IN (${person}, '*:' || substr(${person}, strpos(${person}, ':') + 1)))`;

const BLOCK = {
  name: 'block',
  text: `INSERT INTO blocked (subject, reason, by) VALUES ($1, $2, $3) ON CONFLICT (subject) DO NOTHING RETURNING 1`,
};
const UNBLOCK = { name: 'unblock', text: 'DELETE FROM blocked WHERE subject = $1 RETURNING 1' };
const LIST = { name: 'blocked_list', text: 'SELECT subject, reason, by, at FROM blocked ORDER BY at, subject' };
const IS_BLOCKED = { name: 'is_blocked', text: `SELECT ${isBlockedSql('$1::text')} AS blocked` };

/** @returns false where it was shut out before; then the first reason stands. */
export async function block(database: Database, { subject, reason, by }: Omit<Blocked, 'at'>): Promise<boolean> {
  return (await database.run(BLOCK, [subject, reason, by])).length > 0;
}

/** @returns false where it was not shut out. */
export async function unblock(database: Database, subject: string): Promise<boolean> {
  return (await database.run(UNBLOCK, [subject])).length > 0;
}

/** Everybody who is shut out, the longest first. */
export async function blockedOnes(database: Database): Promise<Blocked[]> {
  return database.run<Blocked>(LIST);
}

export async function isBlocked(database: Database, person: UserId): Promise<boolean> {
  const [row] = await database.run<{ blocked: boolean }>(IS_BLOCKED, [person]);
  return row?.blocked ?? false;
}
