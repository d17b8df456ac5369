/** How the values of all processes become one. `added`: of a counter or histogram, what was counted meanwhile. */
export type Gathered = 'sum' | 'max' | 'min' | 'added';

/** The metrics that a process tells with its presence: what the operator's overview shows, and what the alerts ask for. */
export const TOLD: Readonly<Record<string, Gathered>> = {
  surfaces_ingress_active: 'sum',
  surfaces_ingress_sync_answered_timestamp_seconds: 'max',
  surfaces_ingress_items_total: 'added',
  surfaces_wakes_running: 'sum',
  surfaces_swept_expired_lanes_total: 'added',
  surfaces_swept_pending_lanes_total: 'added',
  surfaces_turns_total: 'added',
  surfaces_turn_seconds: 'added',
  surfaces_agent_link_connected: 'sum',
  surfaces_agent_link_ends_total: 'added',
  surfaces_matrix_sends_total: 'added',
  surfaces_matrix_send_limited_total: 'added',
  surfaces_matrix_sends_waiting: 'sum',
  surfaces_matrix_budget_rate: 'max',
  surfaces_matrix_budget_hold_seconds: 'max',
  surfaces_database_statements_total: 'added',
  surfaces_redis_connected: 'min',
  surfaces_attachments_total: 'added',
  surfaces_volume_free_bytes: 'min',
  surfaces_volume_size_bytes: 'max',
  surfaces_limits_waits_total: 'added',
  surfaces_limits_refused_total: 'added',
  surfaces_reconcile_runs_total: 'added',
  surfaces_reconcile_actions_total: 'added',
  surfaces_reconcile_jobs_total: 'added',
  surfaces_reconcile_finished_timestamp_seconds: 'max',
};
