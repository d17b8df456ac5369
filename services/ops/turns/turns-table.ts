import type { PastTurn } from '../../../shared/store/turn-history.ts';
import { type Html, html } from '../page/html.ts';
import { personLink, roomLink, turnLink } from '../page/links.ts';
import { plain, took, when } from '../page/words.ts';

/** Turns and commands, the newest first; `rooms`: they are of several rooms, whose names these are. */
export function turnsTable(turns: readonly PastTurn[], now: number, rooms?: ReadonlyMap<string, string | null>): Html {
  if (turns.length === 0) return html`<p class="quiet">None, as far back as the record goes.</p>`;
  return html`<div class="scroll">
    <table class="turns">
      <thead>
        <tr>
          <th scope="col">Received</th>
          <th scope="col">${rooms ? 'Room' : 'From'}</th>
          <th scope="col">What</th>
          <th scope="col">How it stands</th>
          <th scope="col" class="number">Took</th>
        </tr>
      </thead>
      <tbody>
        ${turns.map(
          (turn) => html`<tr>
            <td>${when(turn.receivedAt, now)}</td>
            <td>${rooms ? roomLink(turn.room, rooms.get(turn.room) ?? null) : personLink(turn.sender)}</td>
            <td>${turnLink(turn.event, plain(turn.type) ?? 'item')}</td>
            <td>${stateBadge(turn)} ${turn.code && html`<code>${plain(turn.code)}</code>`}</td>
            <td class="number">${turn.saidAt ? took(turn.saidAt.getTime() - turn.receivedAt.getTime()) : ''}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** How a turn stands, in a word. */
export function stateBadge({ done, begun, state, failure, saidAt, sentAt }: Omit<PastTurn, 'code'>): Html {
  if (!done) return begun ? html`<span class="badge good">begun</span>` : html`<span class="badge warn">waits</span>`;
  if (failure !== null) return html`<span class="badge bad">not taken by the homeserver</span>`;
  if (saidAt !== null && sentAt === null) return html`<span class="badge warn">not sent yet</span>`;
  switch (state) {
    case 'done':
      return html`<span class="badge good">answered</span>`;
    case 'failed':
      return html`<span class="badge bad">failed</span>`;
    case 'stopped':
      return html`<span class="badge warn">stopped</span>`;
    default:
      return html`<span class="badge">${saidAt === null ? 'done, nothing said' : 'done'}</span>`;
  }
}
