import type { FastifyInstance, FastifyReply, FastifyRequest } from '../http.ts';
import { addressOf, type GateOptions } from './gate.ts';
import { type OtherWay, sendLoginPage } from './login-page.ts';
import { ownPath } from './own-path.ts';
import { clearSessionCookie, sessionToken, setSessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';

type LoginForm = { readonly user?: unknown; readonly password?: unknown; readonly to?: unknown };
type LoginQuery = { readonly to?: unknown; readonly out?: unknown };

/** What is said behind a logout, by what there was to log out of. */
const OUT: Readonly<Record<string, string>> = {
  here: 'You are logged out.',
  oidc: 'You are logged out here. Your login at the issuer goes on: end it there, too, where others use this browser.',
  outside: 'You came in without a session of this page: by a proxy, or a password with each request. Log out there.',
};

/** The form at `/login`, and `/logout`. */
export function addLogin(
  site: FastifyInstance,
  { accounts, sessions, tries, vouched }: GateOptions,
  otherWays: readonly OtherWay[] = [],
): void {
  site.get<{ Querystring: LoginQuery }>('/login', { config: { open: true } }, async (request, reply) => {
    const { out } = request.query;
    const to = ownPath(request.query.to);
    const text = typeof out === 'string' && Object.hasOwn(OUT, out) ? OUT[out] : undefined;
    if (request.visitor && out !== 'outside') return reply.redirect(to);
    if (text) return sendLoginPage(request, reply, { to, otherWays, told: { text, kind: 'done' } });
    const named = vouched?.(request);
    return sendLoginPage(request, reply, { to, otherWays, ...(named && { problem: notLetIn(named.name) }) });
  });

  site.post<{ Body: LoginForm | undefined }>(
    '/login',
    { config: { open: true, readersToo: true, withoutToken: true } },
    async (request, reply) => {
      const { user, password, to: wanted } = request.body ?? {};
      const [name, to] = [String(user ?? ''), ownPath(wanted)];
      const look = () => accounts.admit(name, String(password ?? ''));
      const { found, waitSeconds } = await tries.attempt(addressOf(request), name, look);
      if (waitSeconds > 0) {
        reply.code(429).header('retry-after', waitSeconds);
        return sendLoginPage(request, reply, { to, otherWays, problem: waitText(waitSeconds) });
      }
      if (found === null) {
        reply.code(401);
        return sendLoginPage(request, reply, { to, otherWays, problem: 'User and password do not fit together.' });
      }
      await letIn(request, reply, sessions, await sessions.open({ name, by: 'password', seal: found.seal }));
      return reply.redirect(to, 303);
    },
  );

  site.post('/logout', { config: { open: true, readersToo: true } }, async (request, reply) => {
    const token = sessionToken(request);
    const session = await sessions.find(token);
    clearSessionCookie(request, reply);
    await sessions.close(token);
    const out = session?.by === 'oidc' ? 'oidc' : request.visitor && !session ? 'outside' : 'here';
    return reply.redirect(`/login?out=${out}`, 303);
  });
}

/** The session that the browser had before is over: nobody else goes on with it. */
export async function letIn(
  request: FastifyRequest,
  reply: FastifyReply,
  sessions: Sessions,
  token: string,
): Promise<void> {
  setSessionCookie(request, reply, token);
  await sessions.close(sessionToken(request));
}

function waitText(seconds: number): string {
  const wait = seconds < 60 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  return `Too many wrong passwords from here. Try again in ${wait}.`;
}

function notLetIn(name: string): string {
  return `The proxy says that you are ${name}, who is not let in (OPS_PROXY_OPERATORS, OPS_PROXY_READERS). An account of this page works all the same.`;
}
