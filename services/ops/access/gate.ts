import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from '../http.ts';
import { html } from '../page/html.ts';
import { sendPage } from '../page/layout.ts';
import type { Accounts } from './accounts.ts';
import type { Vouched } from './proxy.ts';
import { isBrowser, isForeign, isRead, wantsPage } from './request-origin.ts';
import { sameText } from './same-text.ts';
import { sessionToken } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import type { Tries } from './tries.ts';
import type { AccountRole, Visitor } from './visitor.ts';

export type GateOptions = {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly tries: Tries;
  /** What the forms of those without a session derive their token from. */
  readonly key: Buffer;
  /** Whom a proxy names, where one is trusted; null where it names nobody. */
  readonly vouched?: (request: FastifyRequest) => Vouched | null;
  /** What somebody may do of whom an issuer said this, where there is one; null: nothing any more. */
  readonly oidcRole?: (values: readonly string[]) => AccountRole | null;
  readonly lookAgainMs?: number;
};

/** An answer may go on for long, as news of a page does: whoever may not come in any more loses it within this time. */
export const LOOK_AGAIN_MS = 5_000;

/**
 * Lets in whoever has a session, a password with the request, or a proxy that vouches; a browser is led to the form. Whatever
 * is no GET needs an operator, and from a browser the token of a form that was made for them: routes say so where they
 * are open, or for readers too.
 */
export function addGate(site: FastifyInstance, options: GateOptions): void {
  site.decorateRequest('visitor', null);
  site.addHook('onRequest', async (request, reply) => {
    if (isForeign(request))
      return refuse(
        request,
        reply,
        403,
        'This was sent from another site. If a proxy stands before this page, it has to pass the header Host on.',
      );
    request.visitor = await visitorOf(request, options);
    if (request.visitor) return loseIt(request, reply, options);
    if (isOpen(request)) return;
    if (wantsPage(request)) return reply.redirect(`/login?to=${encodeURIComponent(request.url)}`);
    // A browser would ask for the password by itself, keep it, and send it with what other sites make it send.
    if (!isBrowser(request)) reply.header('www-authenticate', 'Basic realm="surfaces", charset="UTF-8"');
    return refuse(request, reply, 401, 'Log in first.');
  });
  site.addHook('preHandler', async (request, reply) => {
    const { visitor } = request;
    if (isRead(request) || visitor === null) return;
    // Bull Board's own script sends its token in a header; see board.ts.
    const given = request.headers['x-csrf-token'] ?? (request.body as { csrf?: unknown } | undefined)?.csrf;
    const { readersToo, withoutToken } = request.routeOptions.config ?? {};
    if (!withoutToken && isBrowser(request) && (typeof given !== 'string' || !sameText(given, visitor.csrf)))
      return refuse(
        request,
        reply,
        403,
        'This form is too old or was not made for you. Go back, reload the page and try again.',
      );
    if (visitor.role === 'operator' || readersToo) return;
    return refuse(request, reply, 403, 'Readers can look at everything and change nothing. This takes an operator.');
  });
}

/** Who somebody is. What a trusted proxy says of them is the newest, and goes before a session and a password. */
async function visitorOf(request: FastifyRequest, options: GateOptions, again = false): Promise<Visitor | null> {
  const vouched = options.vouched?.(request) ?? null;
  if (vouched?.role) return withoutSession({ name: vouched.name, role: vouched.role }, options);
  // A page that is left open asks for its news by itself.
  const unused = again || request.headers.accept === 'text/event-stream';
  const session = await options.sessions.find(sessionToken(request), { unused });
  if (session?.by === 'oidc') {
    const role = options.oidcRole?.(session.values);
    return role ? { name: session.name, role, csrf: session.csrf } : null;
  }
  if (session) {
    const account = await options.accounts.find(session.name);
    return account?.seal === session.seal ? { name: account.name, role: account.role, csrf: session.csrf } : null;
  }
  // Where a proxy asks for a password, it is that of the proxy, and no try at one of ours.
  const account = vouched ? null : await byPassword(request, options);
  return account && withoutSession(account, options);
}

function withoutSession({ name, role }: { name: string; role: AccountRole }, { key }: GateOptions): Visitor {
  return { name, role, csrf: createHmac('sha256', key).update(`form ${name}`).digest('base64url') };
}

/** HTTP basic, as programs log in. */
async function byPassword(request: FastifyRequest, { accounts, tries }: GateOptions) {
  const encoded = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!encoded) return null;
  const [name = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return (await tries.attempt(addressOf(request), name, () => accounts.admit(name, rest.join(':')))).found;
}

/** Whose tries are counted together. A unix socket has no address. */
export function addressOf(request: FastifyRequest): string {
  return request.ip ?? 'local';
}

function loseIt(request: FastifyRequest, reply: FastifyReply, options: GateOptions): void {
  const again = setInterval(async () => {
    const visitor = await visitorOf(request, options, true).catch(() => request.visitor);
    if (visitor === null) reply.raw.destroy();
  }, options.lookAgainMs ?? LOOK_AGAIN_MS);
  again.unref();
  for (const event of ['finish', 'close']) reply.raw.once(event, () => clearInterval(again));
}

function isOpen({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config?.open === true || (routeOptions.url?.startsWith('/assets/') ?? false);
}

/** Answers a program with JSON and a person with a page. */
function refuse(request: FastifyRequest, reply: FastifyReply, status: number, text: string): FastifyReply {
  reply.code(status);
  if (!wantsPage(request)) return reply.send({ error: text });
  const body = html`<h1>Not done</h1>
    <p>${text}</p>`;
  return sendPage(request, reply, { title: 'Not done', place: 'overview', body });
}
