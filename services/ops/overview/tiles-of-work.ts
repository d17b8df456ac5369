import { html } from '../page/html.ts';
import { pathOf } from '../page/links.ts';
import { counted, idText } from '../page/words.ts';
import { count, listed, span } from './figures.ts';
import type { Look } from './look.ts';
import { isWords } from './measures.ts';
import { known, type Tile } from './tiles.ts';
import { added, addedBy, gaugeOf, quantile, sampleOf, type Window } from './window.ts';

/** Of the last minutes, as the alert has it. */
const WORDS_MINUTES = 10;
const words = (window: Window, share: number, minutes = WORDS_MINUTES) =>
  quantile(window, share, 'surfaces_turn_seconds', minutes, isWords);
const gauge = (metric: string) => (window: Window) => gaugeOf(window, metric);
const perMinute = (metric: string) => (window: Window) =>
  sampleOf(window).known ? added(window, metric, 1) : undefined;

/** From a message to its answer: what people notice. */
export const TILES_OF_WORK: readonly Tile[] = [
  {
    id: 'waiting',
    title: 'Oldest waiting message',
    alerts: ['SurfacesMessagesWait', 'SurfacesWakesLost'],
    figure: ({ look, window }) =>
      look.record?.backlog.oldestIdleSeconds === 0 && !look.databaseAway
        ? 'nobody waits'
        : span(gaugeOf(window, 'surfaces_lane_oldest_idle_seconds')),
    note: ({ look }) => waitingNote(look),
    charted: 'Age of the oldest waiting message',
    line: { of: gauge('surfaces_lane_oldest_idle_seconds'), take: 'highest', show: span, limit: 60 },
  },
  {
    id: 'words',
    title: 'First words',
    alerts: ['SurfacesWordsSlow'],
    figure: ({ window }) => span(words(window, 0.95)),
    note: ({ window }) => {
      const turns = added(window, 'surfaces_turn_seconds_count', WORDS_MINUTES, isWords);
      if (turns === 0) return `No turn has begun to answer within ${WORDS_MINUTES} minutes.`;
      return `19 of 20 turns begin to answer within this (p95); half of them within ${span(words(window, 0.5))} (p50). ${counted(turns, 'turn')} in ${WORDS_MINUTES} minutes.`;
    },
    charted: 'First words, p95',
    line: { of: (window) => words(window, 0.95, 1), take: 'last', show: span, limit: 10 },
  },
  {
    id: 'turns',
    title: 'Rooms that are worked on',
    alerts: ['SurfacesTurnsFail', 'SurfacesWorkersLostLanes'],
    figure: ({ window }) => count(gaugeOf(window, 'surfaces_lane_held')),
    note: ({ look, window }) => {
      const { items = 0, held = 0, parked = 0 } = look.record?.backlog ?? {};
      const ended = addedBy(window, 'surfaces_turns_total', 10, 'state');
      const codes = addedBy(window, 'surfaces_turns_total', 10, 'code', ({ state }) => state === 'failed');
      const waiting = `${counted(Math.max(0, items - held - parked), 'message')} behind, ${counted(parked, 'room')} waiting for an answer or a time.`;
      const failed = ended.failed ? `, ${count(ended.failed)} failed (${listed(codes)})` : '';
      return `${waiting} ${counted(ended.done ?? 0, 'turn')} done in 10 minutes${failed}.`;
    },
    charted: 'Rooms that are worked on',
    line: { of: gauge('surfaces_lane_held'), take: 'highest', show: count },
  },
  {
    id: 'sends',
    title: 'Sends a minute',
    alerts: ['SurfacesHomeserverLimits'],
    figure: ({ window }) => (sampleOf(window).known ? count(added(window, 'surfaces_matrix_sends_total', 1)) : '—'),
    note: ({ window }) => {
      const limited = added(window, 'surfaces_matrix_send_limited_total', 5);
      const [rate, hold] = [
        gaugeOf(window, 'surfaces_matrix_budget_rate'),
        gaugeOf(window, 'surfaces_matrix_budget_hold_seconds'),
      ];
      const pace = rate ? `The account keeps to ${rate.toFixed(1)} a second` : 'Nothing limits the account';
      const waiting = gaugeOf(window, 'surfaces_matrix_sends_waiting') ?? 0;
      const text = `${pace}${hold ? `, and holds for ${span(hold)}` : ''}. ${counted(limited, 'refusal')} (429) in 5 minutes, ${count(waiting)} wait for their turn.`;
      return known(window, text);
    },
    charted: 'Sends a minute',
    line: { of: perMinute('surfaces_matrix_sends_total'), take: 'last', show: count },
  },
  {
    id: 'outbox',
    title: 'Decided and not yet sent',
    alerts: ['SurfacesSendsStuck'],
    figure: ({ window }) => count(gaugeOf(window, 'surfaces_lane_unsent_sends')),
    note: ({ look: { record } }) =>
      record?.backlog.unsent
        ? `The oldest waits for ${span(record.backlog.oldestUnsentSeconds)}.`
        : 'All that was decided is said.',
    charted: 'Age of the oldest unsent message',
    line: { of: gauge('surfaces_lane_oldest_unsent_seconds'), take: 'highest', show: span, limit: 120 },
  },
  {
    id: 'questions',
    title: 'Open questions',
    alerts: [],
    figure: ({ window }) => count(gaugeOf(window, 'surfaces_questions_open')),
    note: ({ look: { record } }) =>
      `${counted(record?.questions.permission ?? 0, 'permission')}, ${counted(record?.questions.confirmation ?? 0, 'confirmation')} that wait for a person.`,
    charted: 'Open questions',
    line: { of: gauge('surfaces_questions_open'), take: 'highest', show: count },
  },
  {
    id: 'files',
    title: 'Files in 15 minutes',
    alerts: ['SurfacesFilesFail'],
    figure: ({ window }) => (sampleOf(window).known ? count(added(window, 'surfaces_attachments_total', 15)) : '—'),
    note: ({ window }) => {
      const { in: into = 0, out = 0 } = addedBy(window, 'surfaces_attachments_total', 15, 'way');
      const failed = addedBy(window, 'surfaces_attachments_total', 15, 'outcome', ({ outcome }) => outcome !== 'ok');
      const said = listed(failed);
      return known(window, `${count(into)} from people, ${count(out)} from agents${said && `; not well: ${said}`}.`);
    },
    charted: 'Files a minute',
    line: { of: perMinute('surfaces_attachments_total'), take: 'last', show: count },
  },
  {
    id: 'limits',
    title: 'Turns that waited for a limit',
    alerts: [],
    figure: ({ window }) => (sampleOf(window).known ? count(added(window, 'surfaces_limits_waits_total', 60)) : '—'),
    note: ({ window }) => {
      const waits = listed(addedBy(window, 'surfaces_limits_waits_total', 60, 'limit'));
      const refused = addedBy(window, 'surfaces_limits_refused_total', 60, 'limit');
      return known(window, `In the last hour${waits && `: ${waits}`}. Refused: ${listed(refused) || 'nothing'}.`);
    },
    charted: 'Turns a minute that waited',
    line: { of: perMinute('surfaces_limits_waits_total'), take: 'last', show: count },
  },
];

/** Who waits, with the way there. */
function waitingNote({ record, databaseAway }: Look) {
  if (databaseAway || !record) return 'Not known while Postgres is away.';
  const { oldest, people, chats } = record;
  if (!oldest) return `${counted(people, 'person', 'people')} in ${counted(chats, 'conversation')}.`;
  const [, kind = '', id = ''] = /^(\w+)\/(.*)$/s.exec(oldest.lane) ?? [];
  const isPersons = kind === 'person' || kind === 'flood';
  // A flood's lane also names the event that it began with.
  const whose = kind === 'flood' ? id.replace(/\/\$[^/]*$/, '') : id;
  const href = isPersons ? pathOf.person(whose) : pathOf.room(whose);
  return html`In <a id="oldest-waiting" href=${href}>${idText(whose)}</a>`;
}
