import { codeOf, describe } from '../errors/surfaces-error.ts';
import { beginAudit, type Deed, endAudit } from '../store/ops-audit.ts';
import type { Database } from '../store/postgres.ts';
import { sleep } from '../time/time.ts';

/** Everything that operators do, on the page or by the CLI, by the word under which it stands in the audit. */
export type Act =
  | 'stop-turn'
  | 'stop-waiting'
  | 'retry-send'
  | 'discard-send'
  | 'discard-reject'
  | 'retry-job'
  | 'discard-job'
  | 'retry-jobs'
  | 'release-lane'
  | 'reconcile'
  | 'block'
  | 'unblock'
  | 'drain'
  | 'undrain'
  | 'restart'
  | 'add-account'
  | 'change-role'
  | 'change-password'
  | 'remove-account';

/** What came of it. `nothing`: it was not needed, or not possible any more, and nothing was changed. */
export type Outcome = { readonly state: 'done' | 'nothing'; readonly text: string };
/** `unsure`: the record did not answer, so that it may have been done and may not. */
export type Audited =
  | (Outcome & { readonly id: number; readonly recorded: boolean })
  | {
      readonly id: number;
      readonly state: 'failed' | 'unsure';
      readonly text: string;
      readonly error: unknown;
      readonly recorded: boolean;
    };

/** A database that is away for a moment is waited for, so that the outcome is not lost. */
const TRIES_MS = [0, 300, 1_000];

/**
 * Does something as an operator: written down before, its outcome after. What `work` throws is its outcome, too. `recorded`:
 * the outcome stands in the audit; else its row says that it was begun.
 * @throws SurfacesError `database_unavailable` where it could not be written down: then nothing was done.
 */
export async function audited(
  database: Database,
  deed: Deed & { readonly act: Act },
  work: (id: number) => Promise<Outcome>,
): Promise<Audited> {
  const id = await beginAudit(database, deed);
  try {
    const outcome = await work(id);
    return { ...outcome, id, recorded: await record(database, id, outcome) };
  } catch (error) {
    const state = codeOf(error) === 'database_unavailable' ? 'unsure' : 'failed';
    const text = describe(error);
    return { id, state, text, error, recorded: await record(database, id, { state, text }) };
  }
}

async function record(database: Database, id: number, { state, text }: Pick<Audited, 'state' | 'text'>) {
  for (const ms of TRIES_MS) {
    await sleep(ms);
    try {
      await endAudit(database, id, `${state}: ${text}`);
      return true;
    } catch {}
  }
  return false;
}
