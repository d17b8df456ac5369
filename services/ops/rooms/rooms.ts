import { asRoomId } from '../../../shared/ids/ids.ts';
import { pageOfRooms, type RoomPage } from '../../../shared/store/known-rooms.ts';
import { placeTime } from '../../../shared/store/place-time.ts';
import type { Area } from '../area.ts';
import { type Html, html } from '../page/html.ts';
import { sendPage } from '../page/layout.ts';
import { personLink, roomLink } from '../page/links.ts';
import { notKnown } from '../page/not-known.ts';
import { addressWith, matrixId, oneOf, type Query, textIn } from '../page/query.ts';
import { counted, idText, number, plain, when } from '../page/words.ts';
import { roomPage } from './room-page.ts';

const PAGE = 50;
const STATES = ['active', 'archived'] as const;
const KINDS = ['chat', 'space', 'dm'] as const;
const KIND_NAMES = { chat: 'room', space: 'Space', dm: 'DM' } as const;
type Row = RoomPage['rooms'][number];

/** `/rooms`, and the page of each. */
export const addRooms: Area = (site, deps) => {
  site.get<{ Querystring: Query }>('/rooms', async (request, reply) => {
    const wanted = filtersIn(request.query);
    const at = placeTime(textIn(request.query, 'at'));
    const roomId = textIn(request.query, 'after');
    const after = at && roomId ? { after: { at, roomId } } : {};
    const { all, kind = all ? undefined : 'chat', ...where } = wanted;
    const known = await pageOfRooms(deps.database, { ...where, ...(kind && { kind }), ...after, limit: PAGE });
    const body = listPage(known, request.query, Boolean(after.after));
    return sendPage(request, reply, { title: 'Rooms', place: 'rooms', body });
  });
  site.get<{ Params: { id: string } }>('/rooms/:id', async (request, reply) => {
    const { id } = request.params;
    const room = matrixId(id, '!');
    const page = room && (await roomPage(asRoomId(room), request.visitor, deps));
    if (page) return sendPage(request, reply, page);
    return sendPage(request, reply.code(404), notKnown('room', id));
  });
};

function filtersIn(query: Query) {
  const [owner, like] = [textIn(query, 'owner'), textIn(query, 'name')];
  const state = oneOf(query, 'state', STATES);
  const kind = oneOf(query, 'kind', KINDS);
  return {
    ...(owner && { owner }),
    ...(like && { like }),
    ...(state && { state }),
    ...(kind && { kind }),
    all: oneOf(query, 'kind', ['all']) !== undefined,
    busy: oneOf(query, 'work', ['1']) !== undefined,
  };
}

function listPage({ rooms, matching, next }: RoomPage, query: Query, deep: boolean): Html {
  const keep = Object.fromEntries(
    ['owner', 'name', 'state', 'kind', 'work'].map((name) => [name, textIn(query, name)] as const),
  );
  const now = Date.now();
  return html`<h1>Rooms</h1>
    ${filterForm(query)}
    <p class="quiet">${counted(matching, 'room')} ${matching === 1 ? 'matches' : 'match'}; the one used last is first.</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Room</th><th scope="col">Owner</th><th scope="col">State</th><th scope="col">Runs</th>
            <th scope="col" class="number">Waiting</th><th scope="col">Last turn</th>
          </tr>
        </thead>
        <tbody>
          ${rooms.map((room) => row(room, now))}
          ${rooms.length === 0 && html`<tr><td colspan="6">No room fits. Take a filter away, or search for an id.</td></tr>`}
        </tbody>
      </table>
    </div>
    <nav class="pages" aria-label="Pages of rooms">
      <span>${deep && html`<a href=${addressWith('/rooms', keep)} rel="first">First page</a>`}</span>
      <span>${next && html`<a href=${addressWith('/rooms', { ...keep, at: next.at, after: next.roomId })} rel="next">Next page</a>`}</span>
    </nav>`;
}

function row({ roomId, kind, name, owner, state, running, waiting, lastUsedAt, goneAt }: Row, now: number): Html {
  return html`<tr>
    <th scope="row">${roomLink(roomId, name, kind === 'chat' ? '(no name)' : `(${KIND_NAMES[kind]})`)}<div class="quiet">${idText(roomId)}</div></th>
    <td>${personLink(owner)}</td>
    <td>${goneAt ? html`<span class="badge warn">left</span>` : state === 'archived' ? html`<span class="badge">archived</span>` : 'active'}</td>
    <td>${running && html`<span class="badge good">a turn</span>`}</td>
    <td class="number">${waiting > 0 ? html`<strong>${number(waiting)}</strong>` : html`<span class="quiet">0</span>`}</td>
    <td>${when(lastUsedAt, now)}</td>
  </tr>`;
}

function filterForm(query: Query): Html {
  const option = (name: string, value: string, text: string) =>
    html`<option value=${value} selected=${(textIn(query, name) ?? '') === value}>${text}</option>`;
  return html`<form class="filters" action="/rooms">
    <label>Name <input type="search" name="name" value=${plain(textIn(query, 'name') ?? null) ?? ''} placeholder="part of it" /></label>
    <label>Owner <input type="search" name="owner" value=${plain(textIn(query, 'owner') ?? null) ?? ''} placeholder="@user:server" /></label>
    <label>State <select name="state">${option('state', '', 'any')}${STATES.map((state) => option('state', state, state))}</select></label>
    <label>Kind <select name="kind">${option('kind', '', 'conversations')}${option('kind', 'space', 'Spaces')}${option('kind', 'dm', 'DMs')}${option('kind', 'all', 'all')}</select></label>
    <label>Work <select name="work">${option('work', '', 'any')}${option('work', '1', 'waits or runs')}</select></label>
    <button>Show</button>
  </form>`;
}
