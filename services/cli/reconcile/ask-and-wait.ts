import { resultText } from '../../../shared/reconcile/result-text.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { askForRun, type RunKind, runState } from '../../../shared/store/reconcile-runs.ts';
import { isRunAtWork } from '../../../shared/store/run-lock.ts';
import { sleep } from '../../../shared/time/time.ts';

const LOOK_MS = 200;
/** A reconcile worker looks each second. */
const PATIENCE_MS = 30_000;
const NOBODY = `No reconcile worker has taken it: none runs, or it cannot reach the database. It stays asked for, and is done
as soon as one is there. See which roles run: npm run surfaces -- status
`;

/** Asks for a run and waits until a reconcile worker has done it. @returns the exit code. */
export async function askAndWait(
  kind: RunKind,
  json: boolean,
  database: Database,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  const id = await askForRun(database, kind);
  const say = (text: string) => {
    if (!json) process.stdout.write(text);
  };
  say(`Asked for a ${kind} run; waiting for a reconcile worker.\n`);
  let begun = false;
  let deadline = Date.now() + patienceMs;
  for (;;) {
    const state = await runState(database, id);
    if (!state || state.finished) {
      process.stdout.write(json ? `${JSON.stringify({ run: id, ...state }, null, 2)}\n` : `${resultText(state)}\n`);
      return state && state.failure === null ? 0 : 1;
    }
    if (state.begun && !begun) say('It is at work.\n');
    begun = state.begun;
    // Another run is waited for; one that began and that nobody is at work on has lost its process.
    if (Date.now() > deadline) {
      if (!(await isRunAtWork(database))) break;
      deadline = Date.now() + patienceMs;
    }
    await sleep(LOOK_MS);
  }
  process.stderr.write(NOBODY);
  return 1;
}
