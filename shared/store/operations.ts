import type { OpId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** What is known of a step outside of the database that cannot be repeated blindly. */
export type Operation<Result> = { readonly fresh: boolean; readonly ageMs: number; readonly result: Result | null };

const ATTEMPT = {
  name: 'operation_attempt',
  text: `WITH fresh AS (INSERT INTO operation (op, kind) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING op)
         SELECT EXISTS (SELECT 1 FROM fresh) AS fresh,
                coalesce((SELECT extract(epoch FROM now() - attempted_at) * 1000 FROM operation WHERE op = $1), 0)::int AS "ageMs",
                (SELECT result FROM operation WHERE op = $1 AND done_at IS NOT NULL) AS result`,
};
const DONE = { name: 'operation_done', text: 'UPDATE operation SET done_at = now(), result = $2 WHERE op = $1' };
const RESULT = { name: 'operation_result', text: 'SELECT result FROM operation WHERE op = $1 AND done_at IS NOT NULL' };

/** Records that the step is about to be tried, and tells what is known of it: tried before (`fresh` false), and its result where it was done. */
export async function attemptOperation<Result>(database: Database, op: OpId, kind: string): Promise<Operation<Result>> {
  const [row] = await database.run<Operation<Result>>(ATTEMPT, [op, kind]);
  return row!;
}

export async function finishOperation(database: Database, op: OpId, result: unknown): Promise<void> {
  await database.run(DONE, [op, JSON.stringify(result)]);
}

/** What an operation came to; null where it is not done. */
export async function operationResult<Result>(database: Database, op: OpId): Promise<Result | null> {
  return (await database.run<{ result: Result }>(RESULT, [op]))[0]?.result ?? null;
}
