import type { Alert } from './alert.ts';

/** Files, and what keeps record and Matrix together. */
export const OF_UPKEEP: readonly Alert[] = [
  {
    name: 'SurfacesFilesFail',
    severity: 'warning',
    measure: 'files within 15 minutes that failed for a reason that is not their sender’s, by outcome',
    query:
      'sum by (job, outcome) (increase(surfaces_attachments_total{outcome=~"file_unavailable|scan_unavailable|volume_.*|matrix_.*|internal"}[15m]))',
    is: 'above',
    threshold: 3,
    forMinutes: 2,
    summary: 'Files do not get through.',
    notice: 'People are told of each file that does not come; turns go on without it.',
    first:
      'The outcome says where: the volume, the scan, or the homeserver’s media. The log of attachment-worker has the details.',
    heading: 'Files fail, or the volume is full',
  },
  {
    name: 'SurfacesVolumeFills',
    severity: 'warning',
    measure: 'share of the volume AGENTS_DIR that is free',
    query: 'min by (job) (surfaces_volume_free_bytes / surfaces_volume_size_bytes)',
    is: 'below',
    threshold: 0.1,
    forMinutes: 10,
    summary: 'The volume of the workspaces is nearly full, or cannot be read.',
    notice: 'Nothing yet. When it is full, no file comes through, and agents that write may fail.',
    first: 'Free space, or shorten what is kept: SURFACES_KEEP_FILES, SURFACES_QUOTA_….',
    heading: 'Files fail, or the volume is full',
  },
  {
    name: 'SurfacesReconcileFails',
    severity: 'warning',
    measure: 'comparisons of Matrix with the record that failed within 30 minutes',
    query: 'sum by (job) (increase(surfaces_reconcile_runs_total{outcome="failed"}[30m]))',
    is: 'above',
    threshold: 2,
    forMinutes: 0,
    summary: 'Matrix cannot be compared with the record.',
    notice: 'Mostly nothing: what was changed by hand (rooms renamed, left, moved) is not mended.',
    first: 'Run `surfaces reconcile --dry-run`: it says why it fails.',
    heading: 'Reconciliation fails',
  },
  {
    name: 'SurfacesReconcileLate',
    severity: 'warning',
    measure: 'seconds since a comparison of Matrix with the record came to a good end (one begins every 5 minutes)',
    query: 'time() - max by (job) (surfaces_reconcile_finished_timestamp_seconds{kind="light"})',
    is: 'above',
    threshold: 1800,
    forMinutes: 5,
    summary: 'Matrix has not been compared with the record for long.',
    notice: 'Mostly nothing: what was changed by hand (rooms renamed, left, moved) is not mended.',
    first: 'Look at the log of reconcile-worker: whether a run goes on for long, or none begins.',
    heading: 'Reconciliation fails',
  },
  {
    name: 'SurfacesJobsFail',
    severity: 'warning',
    // `job` is also what Prometheus calls what it scrapes, and so ours has another name there.
    measure: 'failures a second of a job of reconcile-worker',
    query: 'sum by (job, exported_job) (rate(surfaces_reconcile_jobs_total{outcome="failed"}[5m]))',
    is: 'above',
    threshold: 0,
    forMinutes: 15,
    summary: 'A job of reconcile-worker fails again and again.',
    notice:
      'Nothing at first: it finds what others have missed. Without it lost wakes stay lost, and questions do not expire.',
    first: 'Look for “the job failed” in the log of reconcile-worker.',
    heading: 'Reconciliation fails',
  },
];
