import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { Outcome } from '../../../shared/operate/audited.ts';
import { planText } from '../../../shared/reconcile/plan-text.ts';
import { resultText } from '../../../shared/reconcile/result-text.ts';
import type { Comparison } from '../../../shared/reconcile/run-reconcile.ts';
import { CALLED_AS } from '../../../shared/runtime/called-as.ts';
import { askForRun, type RunKind, runState } from '../../../shared/store/reconcile-runs.ts';
import { sleep, withDeadline } from '../../../shared/time/time.ts';
import type { OpsDeps } from '../area.ts';
import type { Compare } from '../comparing.ts';
import { type Html, html } from '../page/html.ts';
import { number } from '../page/words.ts';
import type { Action } from './action.ts';

const LOOK_MS = 60_000;
/** A reconcile worker looks each second whether one was asked for, and a small house is compared in a few. */
const RESULT_MS = 10_000;
const ASK_MS = 200;
/** Lines of a plan that a page shows. */
const MOST_LINES = 400;

/** What is looked at already is not looked at twice at once: it reads the state of every room. */
const looking = new Map<RunKind, Promise<Comparison>>();

export const reconcileAction: Action = {
  act: 'reconcile',
  async look(subject, { compare }) {
    if (subject !== 'full' && subject !== 'light') return null;
    const found = compare && (await lookOnce(subject, compare));
    const todo = found?.plan.actions.length;
    const now =
      todo === undefined
        ? []
        : todo === 0
          ? ['As it looks now, nothing would have to be mended.']
          : [`As it looks now, it would mend what stands above: ${number(todo)} to do.`];
    return {
      title: subject === 'full' ? 'Compare all of Matrix with the record' : 'Compare the Spaces with the record',
      will: [
        'A reconcile worker compares the rooms that the bot is in with the record, anew, and mends what differs. Matrix is the authority.',
        ...now,
      ],
      wont: [
        'Nothing is deleted from the record, nobody is removed from a room, no message is touched. It is done by itself each night, and lightly every five minutes.',
      ],
      lost: ['Nothing.'],
      facts: html`<h2>What it would do now</h2>
        ${found ? planOf(found) : NO_TOKEN}`,
      button: todo === 0 ? 'Run it all the same' : 'Run it',
    };
  },
  run: ({ subject }, { database }) => reconcileNow(database, subject === 'light' ? 'light' : 'full'),
  home: () => '/actions',
};

const NO_TOKEN = html`<p>This process was not given the bot’s token (MATRIX_ACCESS_TOKEN), and cannot look. <code>${CALLED_AS} reconcile --dry-run</code> shows it.</p>`;

function planOf(found: Comparison): Html {
  const lines = planText(found).trimEnd().split('\n');
  return html`<pre class="plan" tabindex="0" role="region" aria-label="The plan">${lines.slice(0, MOST_LINES).join('\n')}</pre>
    ${lines.length > MOST_LINES && html`<p class="quiet">${number(lines.length - MOST_LINES)} lines more: <code>${CALLED_AS} reconcile --dry-run</code> shows all.</p>`}`;
}

async function lookOnce(kind: RunKind, compare: Compare): Promise<Comparison> {
  const known = looking.get(kind);
  const look = known ?? compare(kind, AbortSignal.timeout(LOOK_MS));
  if (!known) {
    looking.set(kind, look);
    const over = () => looking.delete(kind);
    look.then(over, over);
  }
  const late = () =>
    new SurfacesError(
      'matrix_unavailable',
      `the homeserver needs longer than a minute for this; look by ${CALLED_AS} reconcile --dry-run`,
    );
  return withDeadline(look, LOOK_MS, late);
}

/** Asks for a run, and says what came of it where that is known within seconds. */
async function reconcileNow(database: OpsDeps['database'], kind: RunKind): Promise<Outcome> {
  const run = await askForRun(database, kind);
  let begun = false;
  for (const deadline = Date.now() + RESULT_MS; Date.now() < deadline; await sleep(ASK_MS)) {
    const state = await runState(database, run);
    if (!state || state.finished) return { state: 'done', text: resultText(state) };
    begun = state.begun;
  }
  return {
    state: 'done',
    text: begun
      ? 'it was asked for, and a reconcile worker is at it'
      : 'it was asked for, and no reconcile worker has taken it yet; it stays asked for',
  };
}
