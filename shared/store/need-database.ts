import { describe } from '../errors/surfaces-error.ts';
import type { Readiness } from '../runtime/health.ts';
import { sleep } from '../time/time.ts';
import type { Database } from './postgres.ts';

const LOOK_MS = 10_000;
/** While it is away: so that the role is ready within seconds when it is back. */
const LOOK_AGAIN_MS = 1_000;
/** Longer than a database takes that is only busy; with the pool's five seconds for a connection ten in all. */
const ANSWER_MS = 5_000;

const LOOK = { name: 'database_look', text: 'SELECT 1', answerMs: ANSWER_MS };

/**
 * A role's need “database”, for its whole life: asked for each ten seconds through the pool that its own statements take, so that
 * what is said of it is what they meet. @returns resolves when `stopping` was aborted; never rejects.
 */
export async function needDatabase(
  database: Pick<Database, 'run'>,
  { readiness, stopping }: { readonly readiness: Pick<Readiness, 'met' | 'unmet'>; readonly stopping: AbortSignal },
  lookMs: number = LOOK_MS,
): Promise<void> {
  let away = false;
  while (await sleep(away ? LOOK_AGAIN_MS : lookMs, stopping)) {
    try {
      await database.run(LOOK);
      readiness.met('database');
      away = false;
    } catch (error) {
      if (stopping.aborted) return;
      readiness.unmet('database', describe(error));
      away = true;
    }
  }
}
