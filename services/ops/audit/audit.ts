import { type AuditEntry, auditEntries, auditedPeople } from '../../../shared/store/ops-audit.ts';
import { actName, outcomeIn, stateName } from '../actions/act-names.ts';
import type { Area } from '../area.ts';
import { type Html, html } from '../page/html.ts';
import { sendPage } from '../page/layout.ts';
import { pathOf } from '../page/links.ts';
import { addressWith, type Query, textIn } from '../page/query.ts';
import { idText, plain, when } from '../page/words.ts';

const PAGE = 50;

/** `/audit`: what was done, by whom, and what came of it. */
export const addAudit: Area = (site, { database }) => {
  site.get<{ Querystring: Query }>('/audit', async (request, reply) => {
    const { query } = request;
    const [by, subject] = [textIn(query, 'by'), textIn(query, 'subject')];
    const given = textIn(query, 'before');
    const before = given !== undefined && /^\d{1,15}$/.test(given) ? Number(given) : undefined;
    const where = { ...(by && { by }), ...(subject && { subject }), ...(before !== undefined && { before }) };
    const [entries, people] = await Promise.all([
      auditEntries(database, { ...where, limit: PAGE + 1 }),
      auditedPeople(database),
    ]);
    const shown = entries.slice(0, PAGE);
    const next = entries.length > PAGE ? String(shown.at(-1)!.id) : undefined;
    const keep = { by, subject };
    const body = html`<h1>Audit</h1>
      <p class="quiet">Everything that operators have done, here and at the command line; the last is first. It is kept for good.</p>
      ${filterForm(people, keep)}
      ${table(shown)}
      <nav class="pages" aria-label="Pages of the audit">
        <span>${before !== undefined && html`<a href=${addressWith('/audit', keep)} rel="first">First page</a>`}</span>
        <span>${next && html`<a href=${addressWith('/audit', { ...keep, before: next })} rel="next">Next page</a>`}</span>
      </nav>`;
    return sendPage(request, reply, { title: 'Audit', place: 'audit', body });
  });
};

function filterForm(
  people: readonly string[],
  { by, subject }: { by: string | undefined; subject: string | undefined },
): Html {
  return html`<form class="filters" action="/audit">
    <label>Who <select name="by">
      <option value="" selected=${!by}>anybody</option>
      ${[...new Set([...people, ...(by ? [by] : [])])].map((name) => html`<option value=${name} selected=${name === by}>${name}</option>`)}
    </select></label>
    <label>Done to <input type="search" name="subject" value=${subject ?? ''} placeholder="the whole id" /></label>
    <button>Show</button>
  </form>`;
}

function table(entries: readonly AuditEntry[]): Html {
  if (entries.length === 0) return html`<p>Nothing was done yet that fits.</p>`;
  const now = Date.now();
  return html`<table class="audit">
    <thead><tr><th scope="col">When, who</th><th scope="col">What, to what</th><th scope="col">What came of it</th></tr></thead>
    <tbody>${entries.map((entry) => row(entry, now))}</tbody>
  </table>`;
}

const MOODS: Readonly<Record<string, string>> = {
  done: 'good',
  nothing: '',
  failed: 'bad',
  unsure: 'warn',
  unknown: 'warn',
};

function row({ id, at, by, act, subject, details, outcome }: AuditEntry, now: number): Html {
  const { state, text } = outcomeIn(outcome);
  const more = Object.entries(details ?? {}).filter(([, value]) => value !== null);
  return html`<tr id=${`a${id}`}>
    <td>${when(at, now)}<div>${plain(by)}</div></td>
    <td>
      <strong>${actName(act)}</strong>
      <div>${subjectLink(subject)}</div>
      ${more.length > 0 && html`<div class="quiet">${more.map(([name, value]) => `${name}: ${plain(String(value))}`).join(', ')}</div>`}
    </td>
    <td><span class=${`badge ${MOODS[state] ?? ''}`}>${stateName(state)}</span><div>${plain(text)}</div></td>
  </tr>`;
}

/** To its page, where it has one. */
function subjectLink(subject: string): Html {
  const path = subject.startsWith('!')
    ? pathOf.room(subject)
    : subject.startsWith('@')
      ? pathOf.person(subject)
      : subject.startsWith('$')
        ? pathOf.turn(subject)
        : undefined;
  return path === undefined ? idText(subject) : html`<a href=${path}>${idText(subject)}</a>`;
}
