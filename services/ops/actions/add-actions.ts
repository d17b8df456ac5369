import { codeOf } from '../../../shared/errors/surfaces-error.ts';
import { audited } from '../../../shared/operate/audited.ts';
import { ownPath } from '../access/own-path.ts';
import { wantsPage } from '../access/request-origin.ts';
import type { Area } from '../area.ts';
import type { FastifyReply, FastifyRequest } from '../http.ts';
import { html } from '../page/html.ts';
import { type Page, sendPage } from '../page/layout.ts';
import { type Query, textIn } from '../page/query.ts';
import { idText } from '../page/words.ts';
import { stateName } from './act-names.ts';
import type { Action } from './action.ts';
import { ACTIONS } from './all-actions.ts';
import { confirmPage } from './confirm-page.ts';
import { overviewOfActions } from './overview-of-actions.ts';
import { addTold, pathTelling } from './told.ts';

type Route = { Params: { act: string }; Querystring: Query; Body: Query | undefined };

/** `/actions`, and a page for each act: GET says what it does and asks, POST does it. Only for operators; whoever posts is one, or the gate has refused them. */
export const addActions: Area = (site, deps) => {
  addTold(site, deps);
  site.get('/actions', async (request, reply) =>
    sendPage(request, reply, await overviewOfActions(request.visitor!, deps)),
  );

  site.get<Route>('/actions/:act', async (request, reply) => {
    const subject = textIn(request.query, 'subject');
    const action = ACTIONS.get(request.params.act);
    if (request.visitor?.role !== 'operator') return refuseReader(request, reply);
    const before = action && subject ? await action.look(subject, deps) : null;
    if (!action || !subject || !before) return sayGone(request, reply, subject);
    return sendPage(
      request,
      reply,
      confirmPage(before, { act: action.act, subject, back: cameFrom(request) }, request.visitor),
    );
  });

  site.post<Route>('/actions/:act', async (request, reply) => {
    const fields = request.body ?? {};
    const subject = textIn(fields, 'subject');
    const action = ACTIONS.get(request.params.act);
    const visitor = request.visitor!;
    if (!action || !subject || !(await isThere(action, subject))) return sayGone(request, reply, subject);
    const details = action.details?.(fields);
    const deed = { by: visitor.name, act: action.act, subject, ...(details && { details }) };
    const call = { subject, fields, by: visitor.name, seen: textIn(fields, 'seen') };
    const result = await audited(deps.database, deed, (id) => action.run({ ...call, id }, deps));
    const { id, state, text, recorded } = result;
    const fields_ = { act: action.act, subject, by: visitor.name, audit: id, state };
    if ('error' in result)
      deps.log.warn({ ...fields_, err: result.error, code: codeOf(result.error) }, `an act failed: ${text}`);
    else deps.log.info(fields_, `an operator’s act: ${text}`);
    if (!wantsPage(request))
      return reply.code(state === 'done' ? 200 : state === 'nothing' ? 409 : 503).send({ id, state, text });
    if (!recorded) return sendPage(request, reply.code(503), unrecorded(result));
    return reply.redirect(pathTelling(backIn(fields) ?? action.home(subject), id), 303);
  });

  /** A plan is looked at once: what is done then is planned anew. */
  async function isThere({ act, look }: Action, subject: string): Promise<boolean> {
    return act === 'reconcile' ? ['full', 'light'].includes(subject) : (await look(subject, deps)) !== null;
  }
};

/** The page of ours that one was at before. */
function cameFrom(request: FastifyRequest): string | undefined {
  const { referer } = request.headers;
  if (!referer || !URL.canParse(referer)) return undefined;
  const url = new URL(referer);
  url.searchParams.delete('did');
  const path = `${url.pathname}${url.search}`;
  const isOwn = url.host === request.host.replace(/:(80|443)$/, '') && ownPath(path) === path;
  return isOwn && !path.startsWith('/actions/') ? path : undefined;
}

function backIn(fields: Query): string | undefined {
  const back = textIn(fields, 'back');
  return back === undefined || ownPath(back) !== back ? undefined : back;
}

function refuseReader(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = 'only operators may do this; this account is a reader’s';
  if (!wantsPage(request)) return reply.code(403).send({ error });
  const body = html`<h1>Not for readers</h1>
    <p>Only operators may do this. This account is a reader’s: it sees everything and changes nothing.</p>`;
  return sendPage(request, reply.code(403), { title: 'Not for readers', place: 'actions', body });
}

function sayGone(request: FastifyRequest, reply: FastifyReply, subject: string | undefined): FastifyReply {
  if (!wantsPage(request))
    return reply.code(404).send({ error: 'there is nothing of that name to do this to; nothing was done' });
  const body = html`<h1>There is no such thing</h1>
    ${subject && html`<p>${idText(subject)}</p>`}
    <p>There is nothing of that name to do this to, or no more: it may have been settled meanwhile, by itself or by somebody else. Nothing was done.</p>
    <p><a href="/actions">All actions</a> · <a href="/audit">What was done, by whom</a></p>`;
  return sendPage(request, reply.code(404), { title: 'There is no such thing', place: 'actions', body });
}

function unrecorded({ id, state, text }: { id: number; state: string; text: string }): Page {
  return {
    title: 'Its end could not be recorded',
    place: 'audit',
    body: html`<h1>Its end could not be recorded</h1>
      <p>Postgres went away while it was done. The audit has its beginning, as number ${id}, and not its end.</p>
      <p>What is known here: ${stateName(state)}, ${text}.</p>
      <p>Look at the thing itself before you do it again. All acts can be done twice without harm.</p>`,
  };
}
