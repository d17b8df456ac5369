import type { Area } from '../area.ts';
import { type Html, html } from '../page/html.ts';
import { sendPage } from '../page/layout.ts';
import { personLink, roomLink } from '../page/links.ts';
import { addressWith, oneOf, type Query, textIn } from '../page/query.ts';
import { counted, idText, plain, when } from '../page/words.ts';
import { type Meant, meant } from './meant.ts';

const WORDS = [
  ['!…', 'a room'],
  ['@…', 'a person'],
  ['$…', 'a message, or the answer to one'],
  ['https://matrix.to/#/…', 'a link to any of these'],
  ['26 letters and digits', 'an operation, a question or a turn, as they stand in logs'],
  ['chat-…', 'a session of the agent'],
  ['anything else', 'a piece of a room’s name or of a user id'],
] as const;

/** `/search?q=`: leads to the one page that is meant, or lists what fits. `all`: also where that takes a while. */
export const addSearch: Area = (site, { database }) => {
  site.get<{ Querystring: Query }>('/search', async (request, reply) => {
    const text = textIn(request.query, 'q');
    const depth = oneOf(request.query, 'all', ['1']) ? 'all' : 'near';
    const found = text === undefined ? undefined : await meant(database, text, depth);
    if (found && 'to' in found) return reply.redirect(found.to);
    if (found && 'nothing' in found) reply.code(404);
    return sendPage(request, reply, { title: 'Search', place: 'search', body: resultPage(text, found) });
  });
};

function resultPage(text: string | undefined, found: Exclude<Meant, { to: string }> | undefined): Html {
  return html`<h1>Search</h1>
    <form class="filters" action="/search">
      <label>Room, person or event <input type="search" name="q" value=${plain(text ?? null) ?? ''} size="40" autofocus /></label>
      <button>Search</button>
    </form>
    ${text === undefined || !found ? waysToSearch() : 'nothing' in found ? nothing(text, found) : lists(found)}`;
}

function waysToSearch(): Html {
  return html`<dl class="facts">${WORDS.map(([what, meaning]) => html`<dt>${what}</dt><dd>${meaning}</dd>`)}</dl>`;
}

function nothing(text: string, { nothing: advice, deeper }: Extract<Meant, { nothing: string }>): Html {
  return html`<h2>Nothing found for ${idText(text)}</h2>
    <p>${plainAdvice(advice)}</p>
    ${deeper && html`<p><a class="button" href=${addressWith('/search', { q: text, all: '1' })}>Look through everything</a> <span class="quiet">takes seconds where there are millions of messages</span></p>`}`;
}

/** Advice is ours, but for the ids and reasons in it. */
function plainAdvice(advice: string): string {
  return advice.replace(/\s+/g, ' ');
}

const KINDS = { chat: 'room', space: 'Space', dm: 'DM' } as const;

function lists({ rooms, people }: Extract<Meant, { rooms: unknown }>): Html {
  const now = Date.now();
  return html`${
    rooms.length > 0 &&
    html`<h2>${counted(rooms.length, 'room')}</h2>
      <ul class="found">
        ${rooms.map(
          ({ roomId, name, kind, owner, state, lastUsedAt }) =>
            html`<li>${roomLink(roomId, name)} <span class="quiet">${KINDS[kind]} of</span> ${personLink(owner)}<span class="quiet">, ${state}, last turn ${when(lastUsedAt, now, 'none')}</span></li>`,
        )}
      </ul>`
  }
    ${
      people.length > 0 &&
      html`<h2>${counted(people.length, 'person', 'people')}</h2>
      <ul class="found">
        ${people.map(
          ({ userId, rooms: count, lastUsedAt, blocked }) =>
            html`<li>${personLink(userId)} <span class="quiet">${counted(count, 'room')}, last turn ${when(lastUsedAt, now, 'none')}</span>${blocked && html` <span class="badge bad">blocked</span>`}</li>`,
        )}
      </ul>`
    }`;
}
