import { counter } from '../runtime/metrics.ts';

export const waits = counter('limits_waits_total', 'turns that wait because of a limit, by which', ['limit']);
export const refused = counter('limits_refused_total', 'what was refused because of a limit, by which', ['limit']);
export const unchecked = counter(
  'limits_unchecked_total',
  'decisions about limits that Redis did not answer: admitted',
);
