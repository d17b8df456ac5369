import { gauge } from '../../shared/runtime/metrics.ts';

const finished = gauge(
  'reconcile_finished_timestamp_seconds',
  'when a comparison last came to a good end, of any process; `light`: of either kind',
  ['kind'],
);

export function tellFinished(kind: 'full' | 'light', at: Date | null): void {
  if (at) finished.set({ kind }, at.getTime() / 1000);
}
