import { gatherRecord } from '../../../shared/diagnosis/gather-record.ts';
import { laneOf, type RoomId } from '../../../shared/ids/ids.ts';
import type { LaneLook } from '../../../shared/lane/look-at.ts';
import { type Limits, limitsFor } from '../../../shared/limits/limits.ts';
import type { Act } from '../../../shared/operate/audited.ts';
import { guestsOf } from '../../../shared/store/guests.ts';
import { type KnownRoom, knownRoom } from '../../../shared/store/known-rooms.ts';
import { lastErrors, type RecordedError } from '../../../shared/store/room-evidence.ts';
import { type SavedContext, savedContexts } from '../../../shared/store/saved-contexts.ts';
import { turnsOfRoom } from '../../../shared/store/turn-history.ts';
import type { Visitor } from '../access/visitor.ts';
import { actionsFor } from '../actions/actions-for.ts';
import type { OpsDeps } from '../area.ts';
import { type Html, html } from '../page/html.ts';
import type { Page } from '../page/layout.ts';
import { pathOf, personLink, turnLink } from '../page/links.ts';
import { sentencesOf } from '../page/sentences.ts';
import { shellCommand } from '../page/shell-command.ts';
import { idText, named, number, plain, when } from '../page/words.ts';
import { workersNow } from '../page/workers-now.ts';
import { turnsTable } from '../turns/turns-table.ts';
import { lanesTable } from './lanes-table.ts';

const TURNS = 15;
const ERRORS = 5;
const SAVED = 5;
const KINDS = { chat: 'Conversation', space: 'Space', dm: 'DM' } as const;

/** All that is known of a room, without a word of what was written in it; null where the record does not have it. */
export async function roomPage(id: RoomId, visitor: Visitor | null, deps: OpsDeps): Promise<Page | null> {
  const { database, limits } = deps;
  const room = await knownRoom(database, id);
  if (!room) return null;
  const [recorded, around, guests, turns, errors, saved] = await Promise.all([
    gatherRecord(database, room),
    workersNow(deps),
    guestsOf(database, id),
    turnsOfRoom(database, id, TURNS),
    lastErrors(database, [laneOf.room(id), laneOf.control(id), laneOf.files(id)], ERRORS),
    savedContexts(database, id, SAVED),
  ]);
  const evidence = { ...recorded, ...around, agentProblem: undefined, member: room.goneAt ? false : null };
  const now = evidence.lane.now.getTime();
  const name = plain(room.name);
  return {
    title: name ?? KINDS[room.kind],
    place: 'rooms',
    body: html`<h1>${named(room.name, `(${KINDS[room.kind]} without a name)`)}</h1>
      <div class="standing">${sentencesOf(evidence).map((sentence) => html`<p>${sentence}</p>`)}</div>
      ${actionsPlace(id, visitor, evidence.lane)}
      ${facts(room, guests, saved, now)}
      <h2>What is done and what waits</h2>
      ${lanesTable([evidence.lane, ...evidence.beside], now)}
      ${questions(evidence.questions, now)}
      ${room.kind === 'chat' && html`<h2>Last turns</h2>${turnsTable(turns, now)}`}
      ${errors.length > 0 && html`<h2>Last errors</h2>${errorsTable(errors, now)}`}
      <h2>Limits in force</h2>
      ${limitFacts(room, limits)}
      <p class="quiet">More, with the agent host and the homeserver asked: ${shellCommand('lane', id)}. Log lines: ${shellCommand('logs', id)}.</p>`,
  };
}

function actionsPlace(id: RoomId, visitor: Visitor | null, { doneSeq, lastSeq, holder }: LaneLook): Html | null {
  const only: Act[] = [
    ...(lastSeq > doneSeq ? ['stop-waiting' as const] : []),
    ...(holder ? ['release-lane' as const] : []),
  ];
  const actions = actionsFor('room', id, visitor, only);
  return actions && html`<div class="actions">${actions}</div>`;
}

function facts(
  room: KnownRoom,
  guests: Awaited<ReturnType<typeof guestsOf>>,
  saved: readonly SavedContext[],
  now: number,
): Html {
  const { roomId, kind, owner, sessionId, state, lastUsedAt, createdAt, goneAt } = room;
  return html`<dl class="facts">
    <dt>Room</dt><dd>${idText(roomId)}</dd>
    <dt>Kind</dt><dd>${KINDS[kind]}, ${state}${goneAt && html`; the bot is not in it since ${when(goneAt, now)}`}</dd>
    <dt>Owner</dt><dd>${personLink(owner)} · <a href=${`/rooms?owner=${encodeURIComponent(owner)}`}>their rooms</a></dd>
    ${guests.length > 0 && html`<dt>Guests who may ask</dt><dd>${guests.map((guest) => html`<div>${personLink(guest)}</div>`)}</dd>`}
    ${sessionId && html`<dt>Session</dt><dd>${idText(sessionId)}</dd>`}
    ${saved.length > 0 && html`<dt>Saved here</dt><dd>${saved.map(({ event, name, at }) => html`<div><a href=${pathOf.turn(event)}>${plain(name)}</a>, ${when(at, now)}</div>`)}<small class="quiet">Snapshots are their person’s; which of them are still there the agent host knows.</small></dd>`}
    <dt>Last turn</dt><dd>${when(lastUsedAt, now)}</dd>
    <dt>Known since</dt><dd>${when(createdAt, now)}</dd>
  </dl>`;
}

function questions(open: Awaited<ReturnType<typeof gatherRecord>>['questions'], now: number): Html | null {
  if (open.length === 0) return null;
  return html`<h2>Open questions</h2>
    <ul>
      ${open.map(
        ({ kind, person, cause, askedAt, expiresAt, eventId }) =>
          html`<li>A ${kind} that ${personLink(person)} is to answer, asked ${when(askedAt, now)}${eventId === null && ' and not sent yet'}; open until ${when(expiresAt, now)}. <a href=${pathOf.turn(cause)}>Its turn</a></li>`,
      )}
    </ul>`;
}

const WHAT = { said: 'told to the person', unsendable: 'not sent', rejected: 'not understood' } as const;

function errorsTable(errors: readonly RecordedError[], now: number): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Last errors"><table>
    <thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Error</th><th scope="col">About</th></tr></thead>
    <tbody>
      ${errors.map(
        ({ what, text, at, about }) => html`<tr>
          <td>${when(at, now)}</td><td>${WHAT[what]}</td><td>${plain(text)}</td>
          <td>${about?.startsWith('$') && (what === 'rejected' ? idText(about) : turnLink(about as never))}</td>
        </tr>`,
      )}
    </tbody>
  </table></div>`;
}

function limitFacts({ owner }: KnownRoom, limits: Limits): Html {
  const person = limitsFor(owner, limits);
  const shown = (limit: number) => (limit === 0 ? 'none' : number(limit));
  return html`<dl class="facts">
    <dt>Turns a minute, of this room</dt><dd>${shown(limits.roomTurnsPerMinute)}</dd>
    <dt>Turns a minute, of its owner</dt><dd>${shown(person.turnsPerMinute)}</dd>
    <dt>Turns at once, of its owner</dt><dd>${shown(person.turnsAtOnce)}</dd>
    <dt>Messages that wait, of its owner</dt><dd>${shown(person.queued)}</dd>
  </dl>`;
}
