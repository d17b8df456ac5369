import { codeOf, describe } from '../errors/surfaces-error.ts';
import type { Log } from '../runtime/log.ts';
import { backoff, sleep } from '../time/time.ts';
import { assertSchema } from './migrate.ts';
import type { Database } from './postgres.ts';

/**
 * For a role at its start: waits for a database that is away, saying so through `away`, and then checks its version.
 * @throws SurfacesError `schema_mismatch` or `migration_edited`; returns early when `stopping` is aborted.
 */
export async function awaitSchema(
  database: Database,
  log: Log,
  away: (problem: string) => void,
  stopping: AbortSignal,
): Promise<void> {
  for (let attempt = 0; !stopping.aborted; attempt += 1) {
    try {
      return await assertSchema(database);
    } catch (error) {
      if (codeOf(error) !== 'database_unavailable') throw error;
      away(describe(error));
      if (attempt === 0) log.warn({ code: 'database_unavailable' }, `waiting for the database: ${describe(error)}`);
      await sleep(backoff(attempt, 200, 2_000), stopping);
    }
  }
}
