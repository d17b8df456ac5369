import { added, addedBy, gaugeOf, quantile, sampleOf, valuesBy, type Window } from './window.ts';

/** What an alert measures, at the end of a window: by what it is measured of (a process, a queue, a code). Nothing where it cannot be known. */
export type Measure = (window: Window) => Readonly<Record<string, number>>;

const TURN_ENDS = 'surfaces_turns_total';
const NOT_THE_SENDERS = /^(file_unavailable|scan_unavailable|volume_.*|matrix_.*|internal)$/;
/** So few say nothing about a share, or about how slow things are. */
const FEW_FAILED = 3;
const FEW_WORDS = 5;
const RESTARTS_MINUTES = 15;

/** For each alert the same as its query, from samples instead of Prometheus. A test holds the two against each other. */
export const MEASURES: Readonly<Record<string, Measure>> = {
  SurfacesRoleDown: (window) => ofProcesses(window, ({ up }) => up),
  SurfacesRoleNotReady: (window) => ofProcesses(window, ({ up, ready }) => (up ? ready : undefined)),
  SurfacesRoleRestarts: restarts,
  SurfacesEventLoopLag: (window) => ofProcesses(window, ({ up, lag }) => (up ? lag : undefined)),
  SurfacesDatabaseAway: (window) => whole(added(window, 'surfaces_database_statements_total', 1, isUnavailable) / 60),
  SurfacesRedisAway: (window) => ofProcesses(window, ({ up, redis }) => (up ? redis : undefined)),

  SurfacesMessagesWait: (window) => whole(gaugeOf(window, 'surfaces_lane_oldest_idle_seconds')),
  SurfacesNoWorker: (window) => valuesBy(window, 'surfaces_queue_workers', 'queue'),
  SurfacesWorkersLostLanes: (window) => whole(added(window, 'surfaces_swept_expired_lanes_total', 5)),
  SurfacesWakesLost: (window) => whole(added(window, 'surfaces_swept_pending_lanes_total', 15)),
  SurfacesTurnsFail: shareOfTurns,
  SurfacesAgentAway: (window) =>
    whole(added(window, 'surfaces_agent_link_ends_total', 1, ({ reason }) => reason !== 'lost') / 60),
  SurfacesWordsSlow: (window) =>
    added(window, 'surfaces_turn_seconds_count', 10, isWords) > FEW_WORDS
      ? whole(quantile(window, 0.95, 'surfaces_turn_seconds', 10, isWords))
      : {},

  SurfacesSyncSilent: (window) => since(window, gaugeOf(window, 'surfaces_ingress_sync_answered_timestamp_seconds')),
  SurfacesNoIngress: (window) => (sampleOf(window).known ? whole(gaugeOf(window, 'surfaces_ingress_active') ?? 0) : {}),
  SurfacesTwoIngresses: (window) => whole(gaugeOf(window, 'surfaces_ingress_active')),
  SurfacesHomeserverLimits: (window) => whole(added(window, 'surfaces_matrix_send_limited_total', 5) / 300),
  SurfacesSendsStuck: (window) => whole(gaugeOf(window, 'surfaces_lane_oldest_unsent_seconds')),

  SurfacesFilesFail: (window) =>
    addedBy(window, 'surfaces_attachments_total', 15, 'outcome', ({ outcome = '' }) => NOT_THE_SENDERS.test(outcome)),
  SurfacesVolumeFills: (window) => whole(freeShare(window)),
  SurfacesReconcileFails: (window) =>
    whole(added(window, 'surfaces_reconcile_runs_total', 30, ({ outcome }) => outcome === 'failed')),
  SurfacesReconcileLate: (window) =>
    since(window, valuesBy(window, 'surfaces_reconcile_finished_timestamp_seconds', 'kind').light),
  SurfacesJobsFail: (window) => {
    const failed = addedBy(window, 'surfaces_reconcile_jobs_total', 5, 'job', ({ outcome }) => outcome === 'failed');
    return Object.fromEntries(Object.entries(failed).map(([job, count]) => [job, count / 300]));
  },
};

export function isWords({ phase }: Readonly<Record<string, string>>): boolean {
  return phase === 'words';
}

/** Of the volume of the workspaces. A volume that cannot be read has nothing free. */
export function freeShare(window: Window): number | undefined {
  const size = gaugeOf(window, 'surfaces_volume_size_bytes');
  return size ? (gaugeOf(window, 'surfaces_volume_free_bytes') ?? 0) / size : undefined;
}

function whole(value: number | undefined): Record<string, number> {
  return value === undefined ? {} : { '': value };
}

/** A process that was started tells 0 until it is so for the first time. */
function since(window: Window, timestamp: number | undefined): Record<string, number> {
  if (timestamp === undefined) return {};
  return { '': timestamp === 0 ? Number.POSITIVE_INFINITY : sampleOf(window).at / 1000 - timestamp };
}

type State = ReturnType<typeof sampleOf>['processes'][string];

function ofProcesses(window: Window, of: (state: State) => number | undefined): Record<string, number> {
  const states = Object.entries(sampleOf(window).processes);
  return Object.fromEntries(states.flatMap(([name, state]) => (of(state) === undefined ? [] : [[name, of(state)!]])));
}

/** Of each process that is there: how often it was another one within the last minutes. */
function restarts({ samples, last }: Window): Record<string, number> {
  const from = samples[last]!.at - RESTARTS_MINUTES * 60_000;
  const starts = new Map<string, Set<number>>();
  for (let index = last; index >= 0 && samples[index]!.at > from; index -= 1)
    for (const [name, { up, started }] of Object.entries(samples[index]!.processes))
      if (up) starts.set(name, (starts.get(name) ?? new Set()).add(started));
  return Object.fromEntries([...starts].map(([name, { size }]) => [name, size - 1]));
}

function shareOfTurns(window: Window): Record<string, number> {
  const all = added(window, TURN_ENDS, 10);
  const failed = addedBy(window, TURN_ENDS, 10, 'code', ({ state }) => state === 'failed');
  const many = Object.entries(failed).filter(([, count]) => count > FEW_FAILED);
  return Object.fromEntries(many.map(([code, count]) => [code, count / all]));
}

function isUnavailable({ outcome }: Readonly<Record<string, string>>): boolean {
  return outcome === 'unavailable';
}
