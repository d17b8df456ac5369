import type { Database } from '../../../shared/store/postgres.ts';
import { askForRun, type RunKind, type RunState, runState } from '../../../shared/store/reconcile-runs.ts';
import { isRunAtWork } from '../../../shared/store/run-lock.ts';
import { sleep } from '../../../shared/time/time.ts';
import { countsText } from './counts-text.ts';

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
      process.stdout.write(json ? `${JSON.stringify({ run: id, ...state }, null, 2)}\n` : resultText(state));
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

function resultText(state: RunState | null): string {
  if (!state) return 'The run is not on record any more.\n';
  if (state.failure !== null) return `It failed: ${state.failure}\n`;
  const { rooms, actions } = state;
  const looked = `Compared ${rooms === 1 ? 'one room' : `${(rooms ?? 0).toLocaleString('en')} rooms`}.`;
  const counts = countsText(actions ?? {});
  return counts === '' ? `${looked} Nothing had to be done.\n` : `${looked} Mended: ${counts}.\n`;
}
