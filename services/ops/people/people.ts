import type { UserId } from '../../../shared/ids/ids.ts';
import { type KnownPeople, knownPeople } from '../../../shared/store/known-people.ts';
import { placeTime } from '../../../shared/store/place-time.ts';
import type { Area } from '../area.ts';
import { type Html, html } from '../page/html.ts';
import { sendPage } from '../page/layout.ts';
import { personLink } from '../page/links.ts';
import { notKnown } from '../page/not-known.ts';
import { addressWith, matrixId, oneOf, type Query, textIn } from '../page/query.ts';
import { counted, number, plain, when } from '../page/words.ts';
import { languageOf } from './language-of.ts';
import { personPage } from './person-page.ts';

const PAGE = 50;

/** `/people`, and the page of each. */
export const addPeople: Area = (site, deps) => {
  site.get<{ Querystring: Query }>('/people', async (request, reply) => {
    const { query } = request;
    const like = textIn(query, 'name');
    const blocked = oneOf(query, 'blocked', ['1', '0']);
    const at = placeTime(textIn(query, 'at'));
    const userId = textIn(query, 'after');
    const after = at && userId ? { after: { at, userId } } : {};
    const known = await knownPeople(deps.database, {
      ...(like && { like }),
      ...(blocked && { blocked: blocked === '1' }),
      busy: oneOf(query, 'work', ['1']) !== undefined,
      ...after,
      limit: PAGE,
    });
    const body = listPage(known, query, Boolean(after.after));
    return sendPage(request, reply, { title: 'People', place: 'people', body });
  });
  site.get<{ Params: { id: string } }>('/people/:id', async (request, reply) => {
    const { id } = request.params;
    const person = matrixId(id, '@');
    const page = person && (await personPage(person as UserId, request.visitor, deps));
    if (page) return sendPage(request, reply, page);
    return sendPage(request, reply.code(404), notKnown('person', id));
  });
};

function listPage({ people, matching, next }: KnownPeople, query: Query, deep: boolean): Html {
  const keep = Object.fromEntries(['name', 'blocked', 'work'].map((name) => [name, textIn(query, name)] as const));
  const now = Date.now();
  return html`<h1>People</h1>
    ${filterForm(query)}
    <p class="quiet">${counted(matching, 'person', 'people')} ${matching === 1 ? 'matches' : 'match'}. The one who asked last is first.</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Person</th><th scope="col" class="number">Rooms</th><th scope="col" class="number">Waiting</th>
            <th scope="col">Language</th><th scope="col">Last turn</th><th scope="col">Allowed</th>
          </tr>
        </thead>
        <tbody>
          ${people.map((person) => row(person, now))}
          ${people.length === 0 && html`<tr><td colspan="6">Nobody fits. Take a filter away, or search for an id.</td></tr>`}
        </tbody>
      </table>
    </div>
    <nav class="pages" aria-label="Pages of people">
      <span>${deep && html`<a href=${addressWith('/people', keep)} rel="first">First page</a>`}</span>
      <span>${next && html`<a href=${addressWith('/people', { ...keep, at: next.at, after: next.userId })} rel="next">Next page</a>`}</span>
    </nav>`;
}

function row(person: KnownPeople['people'][number], now: number): Html {
  const { userId, rooms, waiting, lastUsedAt, blocked } = person;
  return html`<tr>
    <th scope="row">${personLink(userId)}</th>
    <td class="number">${number(rooms)}</td>
    <td class="number">${waiting > 0 ? html`<strong>${number(waiting)}</strong>` : html`<span class="quiet">0</span>`}</td>
    <td>${languageOf(person)}</td>
    <td>${when(lastUsedAt, now)}</td>
    <td>${blocked ? html`<span class="badge bad">blocked</span>` : ''}</td>
  </tr>`;
}

function filterForm(query: Query): Html {
  const option = (name: string, value: string, text: string) =>
    html`<option value=${value} selected=${(textIn(query, name) ?? '') === value}>${text}</option>`;
  return html`<form class="filters" action="/people">
    <label>User id <input type="search" name="name" value=${plain(textIn(query, 'name') ?? null) ?? ''} placeholder="part of it" /></label>
    <label>Blocked <select name="blocked">${option('blocked', '', 'any')}${option('blocked', '1', 'blocked')}${option('blocked', '0', 'not blocked')}</select></label>
    <label>Work <select name="work">${option('work', '', 'any')}${option('work', '1', 'waits or runs')}</select></label>
    <button>Show</button>
  </form>`;
}
