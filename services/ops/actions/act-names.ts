import type { Act } from '../../../shared/operate/audited.ts';

/** How each act is called in a sentence of its own. */
export const ACT_NAMES: Readonly<Record<Act, string>> = {
  'stop-turn': 'Stop a turn',
  'stop-waiting': 'Stop a room',
  'retry-send': 'Say again',
  'discard-send': 'Discard a message',
  'discard-reject': 'Discard an event',
  'retry-job': 'Retry a job',
  'discard-job': 'Discard a job',
  'retry-jobs': 'Retry failed jobs',
  'release-lane': 'Release a lane',
  reconcile: 'Reconcile',
  block: 'Block',
  unblock: 'Unblock',
  drain: 'Drain',
  undrain: 'Undrain',
  restart: 'Restart',
  'add-account': 'Add an account',
  'change-role': 'Change a role',
  'change-password': 'Change a password',
  'remove-account': 'Remove an account',
};

export function actName(act: string): string {
  return ACT_NAMES[act as Act] ?? act;
}

/** The outcome as it stands in the audit, taken apart. */
export function outcomeIn(outcome: string | null): { readonly state: string; readonly text: string } {
  if (outcome === null) return { state: 'unknown', text: 'begun; its end was not recorded' };
  const [, state, text] = /^(done|nothing|failed|unsure): (.*)$/s.exec(outcome) ?? [];
  return state === undefined ? { state: 'done', text: outcome } : { state, text: text! };
}

const STATES: Readonly<Record<string, string>> = {
  done: 'done',
  nothing: 'nothing done',
  failed: 'failed',
  unsure: 'not known',
  unknown: 'not known',
};

export function stateName(state: string): string {
  return STATES[state] ?? state;
}
