import { failedJobs } from '../../../shared/queue/failed-jobs.ts';
import { type After, type FailedSend, failedSends, type Reject, rejects } from '../../../shared/store/dead-letters.ts';
import { placeTime } from '../../../shared/store/place-time.ts';
import { actionLink } from '../actions/actions-for.ts';
import { roomOfLane } from '../actions/subjects.ts';
import type { Area, OpsDeps } from '../area.ts';
import { type Html, html } from '../page/html.ts';
import { sendPage } from '../page/layout.ts';
import { pathOf } from '../page/links.ts';
import { addressWith, oneOf, type Query, textIn } from '../page/query.ts';
import { idText, plain, when } from '../page/words.ts';

const PAGE = 50;
const KINDS = ['sends', 'events', 'jobs'] as const;
type Kind = (typeof KINDS)[number];
const NAMES: Readonly<Record<Kind, string>> = {
  sends: 'Refused for good',
  events: 'Not understood',
  jobs: 'Failed jobs',
};
const ABOUT: Readonly<Record<Kind, string>> = {
  sends: 'Messages that the homeserver would not take, whatever was tried. Their rooms went on without them.',
  events: 'Events that came in and could not be decoded or stored. They were skipped; who sent them got no answer.',
  jobs: 'Wakes that a queue could not hand over. Nothing is lost with them: the sweep finds their lanes.',
};

/** `/dead-letters`: what came to no good end, without a word of what it says. */
export const addDeadLetters: Area = (site, deps) => {
  site.get<{ Querystring: Query }>('/dead-letters', async (request, reply) => {
    const { query } = request;
    const kind = oneOf(query, 'kind', KINDS) ?? 'sends';
    const [at, id] = [placeTime(textIn(query, 'at')), textIn(query, 'after')];
    const after = at && id ? { at, id } : undefined;
    const { rows, next } = await rowsOf(kind, after, deps, request.visitor?.role === 'operator');
    const body = html`<h1>Dead letters</h1>
      <nav class="tabs" aria-label="Kinds of dead letters">
        ${KINDS.map(
          (each) =>
            html`<a href=${`/dead-letters?kind=${each}`} aria-current=${each === kind ? 'page' : undefined}>${NAMES[each]}</a>`,
        )}
      </nav>
      <p>${ABOUT[kind]}</p>
      ${
        rows.length === 0
          ? html`<p>${after ? 'There are no more.' : 'There are none.'}</p>`
          : html`<table class="letters">
            <thead><tr><th scope="col">What</th><th scope="col">Why, when</th><th scope="col">Do</th></tr></thead>
            <tbody>${rows}</tbody>
          </table>`
      }
      <nav class="pages" aria-label="Pages of dead letters">
        <span>${after && html`<a href=${`/dead-letters?kind=${kind}`} rel="first">First page</a>`}</span>
        <span>${next && html`<a href=${addressWith('/dead-letters', { kind, at: next.at, after: next.id })} rel="next">Next page</a>`}</span>
      </nav>`;
    return sendPage(request, reply, { title: 'Dead letters', place: 'actions', body });
  });
};

type Rows = { readonly rows: readonly Html[]; readonly next?: After };

async function rowsOf(kind: Kind, after: After | undefined, { database, wakes }: OpsDeps, may: boolean): Promise<Rows> {
  const now = Date.now();
  const paging = { ...(after && { after }), limit: PAGE + 1 };
  if (kind === 'jobs') {
    const jobs = await failedJobs(wakes);
    return {
      rows: jobs.map(({ queue, id, lane, reason, at }) => {
        const subject = `${queue}/${id}`;
        const links = html`${actionLink('retry-job', 'Retry …', subject)}${actionLink('discard-job', 'Discard …', subject)}`;
        return row(html`${queue}, ${idText(id)}<div>${laneLink(lane)}</div>`, reason, at, now, may && links);
      }),
    };
  }
  if (kind === 'events') {
    const found = await rejects(database, paging);
    return { rows: found.slice(0, PAGE).map((each) => rejectRow(each, now, may)), ...nextOf(found, ({ key }) => key) };
  }
  const found = await failedSends(database, paging);
  return { rows: found.slice(0, PAGE).map((each) => sendRow(each, now, may)), ...nextOf(found, ({ op }) => op) };
}

function nextOf<Row extends { readonly place: string }>(found: readonly Row[], idOf: (row: Row) => string) {
  const last = found.length > PAGE ? found[PAGE - 1] : undefined;
  return last ? { next: { at: last.place, id: idOf(last) } } : {};
}

function sendRow({ op, lane, about, kind, failure, at }: FailedSend, now: number, may: boolean): Html {
  const links = html`${actionLink('retry-send', 'Say again …', op)}${actionLink('discard-send', 'Discard …', op)}`;
  const what = html`${kind ?? 'message'} ${about?.startsWith('$') && html`about <a href=${pathOf.turn(about)}>${idText(about)}</a>`}<div>${laneLink(lane)}</div>`;
  return row(what, failure, at, now, may && links);
}

function rejectRow({ key, lane, reason, at }: Reject, now: number, may: boolean): Html {
  const what = html`${idText(key)}${lane && html`<div>${laneLink(lane)}</div>`}`;
  return row(what, reason, at, now, may && actionLink('discard-reject', 'Discard …', key));
}

function row(what: Html, why: string, at: Date, now: number, links: Html | false): Html {
  return html`<tr><td>${what}</td><td>${plain(why)}<div class="quiet">${when(at, now)}</div></td><td>${links}</td></tr>`;
}

function laneLink(lane: string): Html {
  const room = roomOfLane(lane);
  return room ? html`<a href=${pathOf.room(room)}>${idText(room)}</a>` : idText(lane);
}
