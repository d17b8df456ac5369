import type { RunState } from '../store/reconcile-runs.ts';
import type { Action } from './actions.ts';

/** What each kind of action is, for one and for many. */
const WORDS: Readonly<Record<Action['do'], readonly [string, string]>> = {
  adopt: ['room taken into the database', 'rooms taken into the database'],
  correct: ['row corrected', 'rows corrected'],
  rename: ['name taken over', 'names taken over'],
  mark_gone: ['room marked as gone', 'rooms marked as gone'],
  mark_back: ['room that is back', 'rooms that are back'],
  set_space: ['person’s Space', 'people’s Spaces'],
  link: ['room put into its Space', 'rooms put into their Spaces'],
  unlink: ['room taken out of a Space', 'rooms taken out of a Space'],
  leave_space: ['Space left', 'Spaces left'],
  invite: ['invitation', 'invitations'],
  claim: ['unfinished room', 'unfinished rooms'],
  follow: ['upgraded room followed', 'upgraded rooms followed'],
  tell_power: ['owner told of missing power', 'owners told of missing power'],
  stop: ['room stopped that nobody reads', 'rooms stopped that nobody reads'],
};

/** “2 rooms taken into the database, 1 invitation”; empty where nothing was done. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(WORDS)
    .flatMap(([what, [one, many]]) => {
      const count = counts[what] ?? 0;
      return count === 0 ? [] : [`${count.toLocaleString('en')} ${count === 1 ? one : many}`];
    })
    .join(', ');
}

/** What came of a run that has ended; null where it is not on record any more. */
export function resultText(state: Pick<RunState, 'rooms' | 'actions' | 'failure'> | null): string {
  if (!state) return 'The run is not on record any more.';
  if (state.failure !== null) return `It failed: ${state.failure}`;
  const { rooms, actions } = state;
  const looked = `Compared ${rooms === 1 ? 'one room' : `${(rooms ?? 0).toLocaleString('en')} rooms`}.`;
  const counts = countsText(actions ?? {});
  return counts === '' ? `${looked} Nothing had to be done.` : `${looked} Mended: ${counts}.`;
}
