import { serverOf, type UserId } from '../../../shared/ids/ids.ts';
import { limitsFor } from '../../../shared/limits/limits.ts';
import { type Usage, usageOf } from '../../../shared/limits/usage.ts';
import { type Blocked, blockedOnes } from '../../../shared/store/blocked.ts';
import { pendingOf } from '../../../shared/store/floods.ts';
import { guestOf } from '../../../shared/store/known-people.ts';
import { knownRoom, pageOfRooms, type RoomPage } from '../../../shared/store/known-rooms.ts';
import { findPerson } from '../../../shared/store/people.ts';
import { turnsOfPerson } from '../../../shared/store/turn-history.ts';
import { spentToday } from '../../../shared/store/turn-spent.ts';
import type { Visitor } from '../access/visitor.ts';
import { actionsFor } from '../actions/actions-for.ts';
import type { OpsDeps } from '../area.ts';
import { type Html, html } from '../page/html.ts';
import type { Page } from '../page/layout.ts';
import { roomLink } from '../page/links.ts';
import { addressWith } from '../page/query.ts';
import { shellCommand } from '../page/shell-command.ts';
import { counted, idText, number, plain, when } from '../page/words.ts';
import { turnsTable } from '../turns/turns-table.ts';
import { languageOf } from './language-of.ts';

const ROOMS = 20;
const TURNS = 15;

/** All that is known of a person, without a word of what they wrote; null where the record knows nothing of them. */
export async function personPage(id: UserId, visitor: Visitor | null, deps: OpsDeps): Promise<Page | null> {
  const { database, limits } = deps;
  const [person, owned, guestIn, everybodyBlocked, pending, spent, usage] = await Promise.all([
    findPerson(database, id),
    pageOfRooms(database, { owner: id, kind: 'chat', limit: ROOMS }),
    guestOf(database, id, ROOMS),
    blockedOnes(database),
    pendingOf(database, [id]),
    spentToday(database, id),
    usageOf(deps, id),
  ]);
  const blocked = everybodyBlocked.find(({ subject }) => subject === id || subject === `*:${serverOf(id)}`);
  if (!person && owned.matching === 0 && guestIn.length === 0 && !blocked) return null;
  const turns = await turnsOfPerson(database, id, TURNS);
  const guestRooms = await Promise.all(guestIn.map((room) => knownRoom(database, room)));
  const names = new Map([...owned.rooms, ...guestRooms].flatMap((room) => (room ? [[room.roomId, room.name]] : [])));
  const now = Date.now();
  const waiting = pending.reduce((sum, lane) => sum + lane.pending, 0);
  return {
    title: plain(id) ?? 'Person',
    place: 'people',
    body: html`<h1>${idText(id)} ${blocked && html`<span class="badge bad">blocked</span>`}</h1>
      ${blocked && html`<p>${blockedText(blocked)} ${when(blocked.at, now)}. What they write gets no turn; they are told once.</p>`}
      ${actionsPlace(id, visitor, blocked)}
      <dl class="facts">
        <dt>Waits</dt><dd>${waiting === 0 ? 'nothing' : html`${counted(waiting, 'message')} in ${counted(pending.length, 'room')}, those that run included`}</dd>
        <dt>Language</dt><dd>${person ? languageOf(person) : 'auto'}</dd>
        <dt>Space</dt><dd>${person?.spaceId ? roomLink(person.spaceId) : 'none'}</dd>
        <dt>DM of the invitation</dt><dd>${person?.dmRoomId ? roomLink(person.dmRoomId) : 'none'}</dd>
      </dl>
      <h2>Limits in force</h2>
      ${limitsTable(id, deps, { usage, spent, waiting })}
      ${limits.weights.length > 0 && html`<p class="quiet">With the weight that SURFACES_LIMIT_WEIGHTS gives this person.</p>`}
      <h2>Rooms</h2>
      ${roomsTable(owned, now)}
      ${owned.next && html`<p><a href=${addressWith('/rooms', { owner: id })}>All ${number(owned.matching)} rooms</a></p>`}
      ${guestIn.length > 0 && html`<h3>Guest in</h3><ul>${guestIn.map((room) => html`<li>${roomLink(room, names.get(room) ?? null)}</li>`)}</ul>`}
      <h2>Last turns</h2>
      ${turnsTable(turns, now, names)}
      <p class="quiet">Log lines: ${shellCommand('logs', id)}</p>`,
  };
}

function actionsPlace(id: UserId, visitor: Visitor | null, blocked: Blocked | undefined): Html | null {
  // Whoever is shut out with all of their homeserver is not let in by themselves.
  if (blocked && blocked.subject !== id) return null;
  const actions = actionsFor('person', id, visitor, [blocked ? 'unblock' : 'block']);
  return actions && html`<div class="actions">${actions}</div>`;
}

function blockedText({ subject, by, reason }: Blocked): string {
  const who = subject.startsWith('*') ? `Everybody of ${subject.slice(2)} is shut out` : 'Shut out';
  return `${who} by ${plain(by) ?? 'somebody'}${plain(reason) ? ` (“${plain(reason)}”)` : ''}`;
}

type Used = {
  readonly usage: Usage | null;
  readonly spent: { readonly tokens: number; readonly cost: number };
  readonly waiting: number;
};

function limitsTable(id: UserId, { limits }: OpsDeps, { usage, spent, waiting }: Used): Html {
  const own = limitsFor(id, limits);
  const rows: readonly [string, number, number | undefined][] = [
    ['turns within 60 seconds', own.turnsPerMinute, usage?.turns],
    ['turns at once', own.turnsAtOnce, usage?.running],
    ['messages that wait', own.queued, waiting],
    ['commands within 60 seconds', own.commandsPerMinute, usage?.commands],
    ['tokens within 24 hours', own.tokensPerDay, spent.tokens],
    ['cost within 24 hours', own.costPerDay, spent.cost],
  ];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Limits">
    <table class="narrow">
      <thead><tr><th scope="col">Limit</th><th scope="col" class="number">Used now</th><th scope="col" class="number">Allowed</th></tr></thead>
      <tbody>
        ${rows.map(([name, allowed, used]) => {
          const full = allowed > 0 && used !== undefined && used >= allowed;
          return html`<tr>
            <th scope="row">${name}</th>
            <td class="number">${used === undefined ? html`<span class="quiet">Redis is away</span>` : full ? html`<strong class="full">${number(used)}</strong>` : number(used)}</td>
            <td class="number">${allowed === 0 ? html`<span class="quiet">no limit</span>` : number(allowed)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>
  ${usage !== null && usage.planned > 0 && html`<p>${counted(usage.planned, 'message')} ${usage.planned === 1 ? 'waits' : 'wait'} for a time at which ${usage.planned === 1 ? 'it' : 'they'} may start.</p>`}`;
}

function roomsTable({ rooms }: RoomPage, now: number): Html {
  if (rooms.length === 0) return html`<p class="quiet">None of their own.</p>`;
  return html`<div class="scroll">
    <table>
      <thead><tr><th scope="col">Room</th><th scope="col">State</th><th scope="col" class="number">Waiting</th><th scope="col">Last turn</th></tr></thead>
      <tbody>
        ${rooms.map(
          ({ roomId, name, state, running, waiting, lastUsedAt }) => html`<tr>
            <th scope="row">${roomLink(roomId, name)}</th>
            <td>${state} ${running && html`<span class="badge good">a turn</span>`}</td>
            <td class="number">${number(waiting)}</td>
            <td>${when(lastUsedAt, now)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
