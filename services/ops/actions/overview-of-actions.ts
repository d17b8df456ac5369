import { describe } from '../../../shared/errors/surfaces-error.ts';
import { canDrain } from '../../../shared/operate/draining.ts';
import { idOf, type Presence, readProcesses } from '../../../shared/queue/presence.ts';
import { type Blocked, blockedOnes } from '../../../shared/store/blocked.ts';
import { lastRun } from '../../../shared/store/reconcile-runs.ts';
import type { Visitor } from '../access/visitor.ts';
import type { OpsDeps } from '../area.ts';
import { type Html, html } from '../page/html.ts';
import type { Page } from '../page/layout.ts';
import { personLink } from '../page/links.ts';
import { idText, plain, when } from '../page/words.ts';
import { actionLink, actionsFor } from './actions-for.ts';

/** What can be done that is not about one room, person or turn; and who is shut out. */
export async function overviewOfActions(visitor: Visitor, deps: OpsDeps): Promise<Page> {
  const { database, redis, namespace } = deps;
  const isOperator = visitor.role === 'operator';
  const [processes, blocked, last] = await Promise.all([
    readProcesses(redis, namespace).then(({ there }) => there.filter(canDrain), describe),
    blockedOnes(database),
    lastRun(database, ['full', 'light']),
  ]);
  const now = Date.now();
  return {
    title: 'Actions',
    place: 'actions',
    body: html`<h1>Actions</h1>
      <p>What is about one room, person or turn is done on its page: search for it. Everything that is done stands in the <a href="/audit">audit</a>.</p>
      ${!isOperator && html`<p class="quiet">This account is a reader’s: it sees all of this and changes nothing.</p>`}
      <h2>Dead letters</h2>
      <p><a href="/dead-letters">What was refused for good, or not understood</a></p>
      <h2>Reconciliation</h2>
      <p>Compares the rooms that the bot is in with the record, and mends what differs. Last done: ${when(last, now)}.</p>
      ${isOperator && html`<p class="actions">${actionLink('reconcile', 'See what a full one would do …', 'full')}${actionLink('reconcile', 'A light one …', 'light')}</p>`}
      <h2>Workers</h2>
      ${typeof processes === 'string' ? html`<p class="told problem" role="status">Workers tell of themselves through Redis, which is away: ${processes}.</p>` : workers(processes, visitor)}
      <h2>Blocked</h2>
      ${blockedTable(blocked, isOperator, now)}
      ${isOperator && blockForm()}`,
  };
}

function workers(there: readonly Presence[], visitor: Visitor): Html {
  if (there.length === 0) return html`<p class="quiet">No worker tells of itself.</p>`;
  return html`<table>
    <thead><tr><th scope="col">Worker</th><th scope="col">State</th>${visitor.role === 'operator' && html`<th scope="col">Do</th>`}</tr></thead>
    <tbody>
      ${there.map((each) => {
        const only = each.draining ? (['undrain'] as const) : (['drain'] as const);
        const state = each.draining
          ? ['warn', 'draining']
          : each.reasons.length > 0
            ? ['bad', 'not ready']
            : ['good', 'ready'];
        return html`<tr>
          <th scope="row">${idText(each.instance)}<div class="quiet">${each.role}, pid ${each.pid}</div></th>
          <td><span class=${`badge ${state[0]}`}>${state[1]}</span></td>
          ${visitor.role === 'operator' && html`<td>${actionsFor('instance', idOf(each), visitor, only)}</td>`}
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function blockedTable(blocked: readonly Blocked[], isOperator: boolean, now: number): Html {
  if (blocked.length === 0) return html`<p class="quiet">Nobody is blocked.</p>`;
  return html`<table class="blocked">
    <thead><tr><th scope="col">Who</th><th scope="col">Since, by, why</th>${isOperator && html`<th scope="col">Do</th>`}</tr></thead>
    <tbody>
      ${blocked.map(
        ({ subject, at, by, reason }) => html`<tr>
          <th scope="row">${subject.startsWith('@') ? personLink(subject as never) : idText(subject)}</th>
          <td>${when(at, now)}, by ${plain(by)}${reason && html`<div class="quiet">${plain(reason)}</div>`}</td>
          ${isOperator && html`<td>${actionLink('unblock', 'Unblock …', subject)}</td>`}
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function blockForm(): Html {
  return html`<form class="filters" action="/actions/block">
    <label>A person or a homeserver <input name="subject" size="32" placeholder="@ann:example.org or *:example.org" required /></label>
    <button>Block …</button>
  </form>`;
}
