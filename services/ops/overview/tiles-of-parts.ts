import { counted } from '../page/words.ts';
import { ago, count, hour, listed, percent, short, span } from './figures.ts';
import { freeShare } from './measures.ts';
import { known, type Tile } from './tiles.ts';
import { added, addedBy, gaugeOf, sampleOf, valuesBy, type Window } from './window.ts';

const silence = (window: Window) => {
  const answered = gaugeOf(window, 'surfaces_ingress_sync_answered_timestamp_seconds');
  return !answered ? undefined : Math.max(0, sampleOf(window).at / 1000 - answered);
};
const statements = (window: Window) => added(window, 'surfaces_database_statements_total', 1);
const processes = (window: Window) => Object.values(sampleOf(window).processes);
const ready = (window: Window) => processes(window).filter((each) => each.ready).length;
const isFailed = ({ outcome }: Readonly<Record<string, string>>) => outcome === 'failed';

/** What it is made of. */
export const TILES_OF_PARTS: readonly Tile[] = [
  {
    id: 'processes',
    title: 'Processes that are ready',
    alerts: ['SurfacesRoleDown', 'SurfacesRoleNotReady', 'SurfacesRoleRestarts', 'SurfacesEventLoopLag'],
    figure: ({ window }) =>
      sampleOf(window).known ? `${count(ready(window))} of ${count(processes(window).length)}` : '—',
    note: ({ window }) => {
      const lag = Math.max(0, ...processes(window).map(({ lag }) => lag));
      return known(window, `The busiest event loop is ${lag < 0.3 ? 'not late' : `late by ${span(lag)} (p99)`}.`);
    },
    charted: 'Processes that are ready',
    line: { of: (window) => (sampleOf(window).known ? ready(window) : undefined), take: 'lowest', show: count },
  },
  {
    id: 'sync',
    title: 'Homeserver’s last word',
    alerts: ['SurfacesSyncSilent', 'SurfacesNoIngress', 'SurfacesTwoIngresses'],
    figure: ({ window }) =>
      sampleOf(window).known && silence(window) !== undefined ? `${span(silence(window))} ago` : '—',
    note: ({ window }) =>
      known(
        window,
        `Up to 30 s are usual where nothing happens. ${counted(added(window, 'surfaces_ingress_items_total', 5), 'new message')} in 5 minutes.`,
      ),
    charted: 'Seconds since /sync answered',
    line: { of: silence, take: 'highest', show: span, limit: 90 },
  },
  {
    id: 'agents',
    title: 'Connections to the agent host',
    alerts: ['SurfacesAgentAway'],
    figure: ({ window }) => count(gaugeOf(window, 'surfaces_agent_link_connected')),
    note: ({ window }) => {
      const ends = addedBy(window, 'surfaces_agent_link_ends_total', 10, 'reason');
      const errors = addedBy(window, 'surfaces_turns_total', 10, 'code', ({ code = '' }) => code.startsWith('agent_'));
      const said = [
        listed(ends) && `connections that ended: ${listed(ends)}`,
        listed(errors) && `turns: ${listed(errors)}`,
      ];
      const text = said.filter(Boolean).join('; ');
      return known(
        window,
        text === '' ? 'No connection was lost and no agent failed in 10 minutes.' : `In 10 minutes ${text}.`,
      );
    },
    charted: 'Connections to the agent host',
    line: { of: (window) => gaugeOf(window, 'surfaces_agent_link_connected'), take: 'lowest', show: count },
  },
  {
    id: 'postgres',
    title: 'Postgres',
    alerts: ['SurfacesDatabaseAway'],
    figure: ({ look: { databaseAway } }) => (databaseAway ? 'away' : 'answers'),
    note: ({ look: { databaseAway }, window }) =>
      databaseAway
        ? `Since ${hour(databaseAway.since)}: ${databaseAway.problem}.`
        : known(window, `${counted(statements(window), 'statement')} of all roles in the last minute.`),
    charted: 'Statements a minute',
    line: { of: (window) => (sampleOf(window).known ? statements(window) : undefined), take: 'last', show: count },
  },
  {
    id: 'redis',
    title: 'Redis',
    alerts: ['SurfacesRedisAway'],
    figure: ({ look: { redisAway } }) => (redisAway ? 'away' : 'answers'),
    note: ({ look, window }) =>
      look.redisAway
        ? `Since ${hour(look.redisAway.since)}: ${look.redisAway.problem}. What comes from it is as it was then.`
        : `${counted(processes(window).filter(({ redis }) => redis).length, 'process', 'processes')} have their connections.`,
    charted: 'Processes connected to Redis',
    line: {
      of: (window) => processes(window).filter(({ redis }) => redis).length,
      take: 'lowest',
      show: count,
    },
  },
  {
    id: 'queues',
    title: 'Wakes that wait',
    alerts: ['SurfacesNoWorker'],
    figure: ({ window }) => count(jobsIn(window, 'wait')),
    note: ({ window }) => {
      const failed = jobsIn(window, 'failed') ?? 0;
      return known(
        window,
        `${count(jobsIn(window, 'active'))} in work${failed > 0 ? `, ${count(failed)} failed` : ''}. A wake says that a room has work.`,
      );
    },
    charted: 'Wakes that wait, in all queues',
    line: { of: (window) => jobsIn(window, 'wait'), take: 'highest', show: count },
  },
  {
    id: 'volume',
    title: 'Free of the volume',
    alerts: ['SurfacesVolumeFills'],
    figure: ({ window }) => percent(freeShare(window)),
    note: ({ window }) => {
      const [free, size] = [
        gaugeOf(window, 'surfaces_volume_free_bytes'),
        gaugeOf(window, 'surfaces_volume_size_bytes'),
      ];
      const [left, whole] = [free, size].map((bytes = 0) => `${short(bytes / 2 ** 30)} GiB`);
      return known(
        window,
        size ? `${left} of ${whole}, for the workspaces of all rooms.` : 'No attachment-worker tells of it.',
      );
    },
    charted: 'Free share of the volume',
    line: { of: freeShare, take: 'lowest', show: percent, limit: 0.1 },
  },
  {
    id: 'reconciliation',
    title: 'Last comparison with Matrix',
    alerts: ['SurfacesReconcileLate', 'SurfacesReconcileFails', 'SurfacesJobsFail'],
    figure: ({ window, look }) => {
      const { light } = valuesBy(window, 'surfaces_reconcile_finished_timestamp_seconds', 'kind');
      return light === undefined ? '—' : `${ago(light * 1000, look.at)} ago`;
    },
    note: ({ window }) => {
      const repairs = addedBy(window, 'surfaces_reconcile_actions_total', 60, 'do');
      const runs = added(window, 'surfaces_reconcile_runs_total', 30, isFailed);
      const jobs = listed(addedBy(window, 'surfaces_reconcile_jobs_total', 30, 'job', isFailed));
      const failed = `${runs > 0 ? ` ${counted(runs, 'comparison')} failed in 30 minutes.` : ''}${jobs && ` Jobs that failed: ${jobs}.`}`;
      return known(window, `Mended in the last hour: ${listed(repairs) || 'nothing'}.${failed}`);
    },
    charted: 'Repairs a minute',
    line: {
      of: (window) => (sampleOf(window).known ? added(window, 'surfaces_reconcile_actions_total', 1) : undefined),
      take: 'last',
      show: count,
    },
  },
];

function jobsIn(window: Window, state: string): number | undefined {
  const jobs = Object.entries(sampleOf(window).values.surfaces_queue_jobs ?? {});
  const counted = jobs.filter(([labels]) => labels.endsWith(`state=${state}`));
  return jobs.length === 0 ? undefined : counted.reduce((sum, [, value]) => sum + value, 0);
}
