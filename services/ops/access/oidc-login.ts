import { createHash, randomBytes } from 'node:crypto';
import { describe, SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { Redis } from '../../../shared/queue/redis.ts';
import type { Log } from '../../../shared/runtime/log.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from '../http.ts';
import { letIn } from './login.ts';
import { type OtherWay, sendLoginPage } from './login-page.ts';
import type { OidcIssuer, OidcLogin } from './oidc.ts';
import { OidcError } from './oidc-error.ts';
import { type PersonSettings, personOf, roleOfPerson } from './oidc-person.ts';
import { ownPath } from './own-path.ts';
import { cookieFor, safeName } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';

export type OidcWay = { readonly issuer: OidcIssuer; readonly person: PersonSettings };
type OidcDeps = { readonly redis: Redis; readonly namespace: string; readonly sessions: Sessions; readonly log: Log };
type Begun = OidcLogin & { readonly to: string; readonly browser: string };

/** So long somebody may take at the issuer. */
const LOGIN_SECONDS = 600;
const COOKIE = 'surfaces_ops_oidc';

/** How this way in is offered. */
export function wayThrough({ issuer }: OidcWay): OtherWay {
  return { href: '/login/oidc', name: `Log in through ${issuer.host}` };
}

/**
 * `/login/oidc` sends a browser to the issuer, `/login/oidc/callback` takes it back: only the same browser, only once, within
 * ten minutes. Whatever goes wrong is told on the login page, whose form works all the same.
 */
export function addOidcLogin(site: FastifyInstance, way: OidcWay, { redis, namespace, sessions, log }: OidcDeps): void {
  const { issuer, person } = way;
  const place = (state: string) => `${namespace}:ops:oidc:${hash(state)}`;
  const fail = (request: FastifyRequest, reply: FastifyReply, status: number, problem: string, to = '/') =>
    sendLoginPage(request, reply.code(status), { to, otherWays: [wayThrough(way)], problem });
  const failBy = (request: FastifyRequest, reply: FastifyReply, error: unknown, to: string) => {
    if (!(error instanceof OidcError)) throw error;
    log.warn(
      { err: error, issuer: issuer.host, trouble: error.trouble },
      `a login through OIDC failed: ${describe(error)}`,
    );
    const words = {
      refused: [403, `${issuer.host} did not let you through: the login was denied, there or by yourself.`],
      away: [503, `${issuer.host} does not answer. Try again in a moment, or log in with an account of this page.`],
      invalid: [
        502,
        `What ${issuer.host} answered does not hold; the log of the role ops says why. Begin again from here.`,
      ],
    } as const;
    const [status, problem] = words[error.trouble];
    return fail(request, reply, status, problem, to);
  };

  site.get<{ Querystring: { to?: unknown } }>('/login/oidc', { config: { open: true } }, async (request, reply) => {
    const to = ownPath(request.query.to);
    const login = issuer.newLogin();
    const browser = randomBytes(32).toString('base64url');
    try {
      const address = await issuer.addressFor(login);
      const begun: Begun = { ...login, to, browser: hash(browser) };
      await redis.set(place(login.state), JSON.stringify(begun), 'EX', LOGIN_SECONDS).catch(redisAway);
      reply.setCookie(safeName(request, COOKIE), browser, { ...cookieFor(request), maxAge: LOGIN_SECONDS });
      return reply.redirect(address.href);
    } catch (error) {
      return failBy(request, reply, error, to);
    }
  });

  site.get<{ Querystring: { state?: unknown } }>(
    '/login/oidc/callback',
    { config: { open: true } },
    async (request, reply) => {
      const cookie = safeName(request, COOKIE);
      const browser = request.cookies[cookie];
      const { state } = request.query;
      reply.clearCookie(cookie, cookieFor(request));
      // Taken, not read: a state serves once.
      const kept = typeof state === 'string' ? await redis.getdel(place(state)).catch(redisAway) : null;
      const begun = kept === null ? null : (JSON.parse(kept) as Begun);
      if (begun === null || browser === undefined || begun.browser !== hash(browser))
        return fail(
          request,
          reply,
          400,
          'This login was begun in another browser, or too long ago, or is over already. Begin again from here.',
        );
      try {
        const found = personOf(await issuer.claims(queryOf(request), begun), person);
        if ('problem' in found)
          return fail(request, reply, 403, `${issuer.host} let you through, but ${found.problem}.`, begun.to);
        const { name, values } = found;
        if (roleOfPerson(values, person) === null) {
          log.warn({ issuer: issuer.host, name }, 'somebody who is not among those allowed came through OIDC');
          return fail(
            request,
            reply,
            403,
            `You are ${name} at ${issuer.host}, who is not among those allowed here (OPS_OIDC_OPERATORS, OPS_OIDC_READERS).`,
            begun.to,
          );
        }
        await letIn(request, reply, sessions, await sessions.open({ name: `${name} (oidc)`, by: 'oidc', values }));
        return reply.redirect(begun.to, 303);
      } catch (error) {
        return failBy(request, reply, error, begun.to);
      }
    },
  );
}

function queryOf({ url }: FastifyRequest): string {
  return url.slice(url.indexOf('?'));
}

function redisAway(error: unknown): never {
  throw new SurfacesError('redis_unavailable', `Redis does not answer: ${describe(error)}`, { cause: error });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
