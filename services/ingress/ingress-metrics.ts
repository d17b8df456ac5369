import { counter, gauge, histogram } from '../../shared/runtime/metrics.ts';

export const pages = counter('ingress_pages_total', 'pages of /sync that were taken in, by outcome', ['outcome']);
export const events = counter('ingress_events_total', 'events decoded, by kind', ['kind']);
export const items = counter('ingress_items_total', 'items that were new to the record');
export const rejects = counter('ingress_rejects_total', 'events that were recorded as not understood');
export const age = histogram(
  'ingress_event_age_seconds',
  'age of the newest event of a page when it was in the record',
);
export const gapFills = counter('ingress_gap_fills_total', 'timelines completed through /messages', ['outcome']);
export const active = gauge('ingress_active', '1 in the process that owns /sync');
/** Lag of the sync is the time since this. */
export const answeredAt = gauge('ingress_sync_answered_timestamp_seconds', 'when /sync last answered');
