import { randomUUID } from 'node:crypto';
import type { Database } from './postgres.ts';

export type RunKind = 'full' | 'light';

/** What came of a run. */
export type RunResult = {
  readonly rooms: number;
  /** How often each kind of action was planned. */
  readonly actions: Readonly<Record<string, number>>;
  /** Why it did not come to its end. */
  readonly failure?: string;
};

const ASK = { name: 'reconcile_ask', text: 'INSERT INTO reconcile_run (id, kind) VALUES ($1, $2)' };
/** All that were asked for are served by one run, a full one where any of them is full. */
const BEGIN = {
  name: 'reconcile_begin',
  text: `UPDATE reconcile_run SET started_at = now() WHERE finished_at IS NULL RETURNING id, kind`,
};
const FINISH = {
  name: 'reconcile_finish',
  text: `UPDATE reconcile_run SET finished_at = now(), rooms = $2, actions = $3, failure = $4 WHERE id = ANY($1::text[])`,
};
const WAITING = { name: 'reconcile_waiting', text: 'SELECT 1 FROM reconcile_run WHERE finished_at IS NULL LIMIT 1' };
const LAST = {
  name: 'reconcile_last',
  text: `SELECT finished_at AS at FROM reconcile_run WHERE failure IS NULL AND finished_at IS NOT NULL AND kind = ANY($1::text[])
         ORDER BY finished_at DESC LIMIT 1`,
};

const ASK_ONCE = {
  name: 'reconcile_ask_once',
  text: `INSERT INTO reconcile_run (id, kind) SELECT $1, $2
    WHERE NOT EXISTS (SELECT FROM reconcile_run WHERE finished_at IS NULL AND kind IN ('full', $2))`,
};
const STATE = {
  name: 'reconcile_state',
  text: `SELECT started_at IS NOT NULL AS begun, finished_at IS NOT NULL AS finished, rooms, actions, failure FROM reconcile_run WHERE id = $1`,
};
/** For retention: runs that have ended. */
export const OLD_RUNS = { table: 'reconcile_run', age: 'finished_at' };

/** Asks for a run; the reconcile worker does it within about a second. @returns its id. */
export async function askForRun(database: Database, kind: RunKind): Promise<string> {
  const id = randomUUID();
  await database.run(ASK, [id, kind]);
  return id;
}

/** Whether somebody waits for a run. */
export async function isRunAskedFor(database: Database): Promise<boolean> {
  return (await database.run(WAITING)).length > 0;
}

/**
 * Takes all that were asked for and are not finished, also those of a process that died over them. Only for who holds the
 * lock of runs.
 * @returns their ids, and the kind of run that serves them all; null where there is none.
 */
export async function beginRuns(database: Database): Promise<{ ids: string[]; kind: RunKind } | null> {
  const rows = await database.run<{ id: string; kind: RunKind }>(BEGIN);
  if (rows.length === 0) return null;
  return { ids: rows.map(({ id }) => id), kind: rows.some(({ kind }) => kind === 'full') ? 'full' : 'light' };
}

export async function finishRuns(database: Database, ids: readonly string[], result: RunResult): Promise<void> {
  const { rooms, actions, failure = null } = result;
  await database.run(FINISH, [ids, rooms, JSON.stringify(actions), failure]);
}

/** When a run of one of these kinds last came to a good end. */
export async function lastRun(database: Database, kinds: readonly RunKind[]): Promise<Date | null> {
  return (await database.run<{ at: Date }>(LAST, [kinds]))[0]?.at ?? null;
}

/** Asks for a run, unless one that serves as well is asked for already. */
export async function askUnlessAsked(database: Database, kind: RunKind): Promise<void> {
  await database.run(ASK_ONCE, [randomUUID(), kind]);
}

/** How far a run that was asked for has come. */
export type RunState = {
  readonly begun: boolean;
  readonly finished: boolean;
  readonly rooms: number | null;
  readonly actions: Readonly<Record<string, number>> | null;
  readonly failure: string | null;
};

/** Null where there is no such run. */
export async function runState(database: Database, id: string): Promise<RunState | null> {
  return (await database.run<RunState>(STATE, [id]))[0] ?? null;
}
