import type { EventId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

const RECORD = {
  name: 'turn_spent_put',
  text: `INSERT INTO turn_spent (event_id, person, tokens, cost) VALUES ($1, $2, $3, $4)
         ON CONFLICT (event_id) DO UPDATE SET tokens = excluded.tokens, cost = excluded.cost`,
};
/** The newest turn from which on, up to now, a limit is reached: when it is a day old, there is room again. */
const UNTIL = {
  name: 'turn_spent_until',
  text: `SELECT max(at) + interval '24 hours' AS at FROM (
           SELECT at, sum(tokens) OVER later AS tokens, sum(cost) OVER later AS cost FROM turn_spent
            WHERE person = $1 AND at > now() - interval '24 hours' WINDOW later AS (ORDER BY at DESC)) spent
         WHERE ($2::float8 > 0 AND tokens >= $2) OR ($3::float8 > 0 AND cost >= $3)`,
};
const TODAY = {
  name: 'turn_spent_today',
  text: `SELECT coalesce(sum(tokens), 0)::float8 AS tokens, coalesce(sum(cost), 0) AS cost FROM turn_spent
          WHERE person = $1 AND at > now() - interval '24 hours'`,
};

/** For retention. */
export const OLD_SPENT = { table: 'turn_spent', age: 'at', when: 'true' };

export type DayLimits = { readonly tokensPerDay: number; readonly costPerDay: number };

/** What a turn has used so far; the same turn told again replaces what was told. */
export async function recordSpent(
  database: Database,
  turn: { readonly event: EventId; readonly person: UserId; readonly tokens: number; readonly cost: number },
): Promise<void> {
  await database.run(RECORD, [turn.event, turn.person, turn.tokens, turn.cost]);
}

/** Until when a person has used up what 24 hours allow; null: they have not. Asks nothing where nothing is limited. */
export async function spentUntil(database: Database, person: UserId, limits: DayLimits): Promise<Date | null> {
  const { tokensPerDay, costPerDay } = limits;
  if (tokensPerDay === 0 && costPerDay === 0) return null;
  const [row] = await database.run<{ at: Date | null }>(UNTIL, [person, tokensPerDay, costPerDay]);
  return row?.at ?? null;
}

/** What a person's turns of the last 24 hours have used. */
export async function spentToday(database: Database, person: UserId): Promise<{ tokens: number; cost: number }> {
  const [row] = await database.run<{ tokens: number; cost: number }>(TODAY, [person]);
  return row!;
}
