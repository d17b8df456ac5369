import { codeOf, describe } from '../../shared/errors/surfaces-error.ts';
import type { Access } from './access/access.ts';
import { addGate } from './access/gate.ts';
import { addLogin } from './access/login.ts';
import { addOidcLogin, wayThrough } from './access/oidc-login.ts';
import { wantsPage } from './access/request-origin.ts';
import type { Area, OpsDeps } from './area.ts';
import { cookie, type FastifyInstance, type FastifyRequest, fastify, formbody } from './http.ts';
import { addAssets } from './page/assets.ts';
import { sendPage } from './page/layout.ts';
import { problemPage } from './page/problem-page.ts';

/** Nothing from elsewhere, no script or style that is not a file of this site, and nobody frames it. */
const STRICT =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** Bull Board's own interface: its scripts and styles come from this server, some styles inline. */
const OF_BOARD =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'";

const NOTHING_OF_THE_DEVICE = 'camera=(), geolocation=(), microphone=(), payment=(), usb=()';

export type SiteOptions = {
  readonly access: Access;
  readonly deps: OpsDeps;
  readonly areas: readonly Area[];
};

/** The operator's page. `/login` is open; everything else needs a session of its form, or HTTP basic (for programs). */
export async function createSite(options: SiteOptions): Promise<FastifyInstance> {
  const { access, deps, areas } = options;
  const site = newSite(options);
  handOverBoard(site, options);
  await addBars(site, options);
  addAssets(site);
  addLogin(site, access, access.oidc ? [wayThrough(access.oidc)] : []);
  if (access.oidc) addOidcLogin(site, access.oidc, { ...deps, sessions: access.sessions });
  for (const area of areas) await area(site, deps);
  await site.ready();
  return site;
}

function newSite({ access }: SiteOptions): FastifyInstance {
  // A forwarded address counts only from a known proxy: else whoever tries passwords could be somebody new each time.
  const trustProxy = (address: string | undefined) => access.proxies.has(address);
  return fastify({ logger: false, trustProxy, routerOptions: { maxParamLength: 600 } });
}

/** What every page has: its headers, its words for what went wrong, and the gate before it. */
async function addBars(site: FastifyInstance, { access, deps }: SiteOptions): Promise<void> {
  await site.register(cookie);
  await site.register(formbody);
  site.addHook('onRequest', async (request, reply) => {
    reply
      .header('content-security-policy', isBoard(request) ? OF_BOARD : STRICT)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'same-origin')
      .header('cross-origin-opener-policy', 'same-origin')
      .header('cross-origin-resource-policy', 'same-origin')
      .header('permissions-policy', NOTHING_OF_THE_DEVICE)
      .header('cache-control', 'no-store');
    if (request.protocol === 'https') reply.header('strict-transport-security', `max-age=${365 * 24 * 3600}`);
  });
  // Before all routes: those that are there when a plugin is waited for keep the handler that there is then.
  addProblems(site, deps);
  addGate(site, access);
}

/** Bull Board is made when somebody asks for it first. */
function handOverBoard(site: FastifyInstance, options: SiteOptions): void {
  let board: Promise<FastifyInstance> | undefined;
  site.addHook('onRequest', async (request, reply) => {
    if (!isBoard(request)) return;
    board ??= createBoard(options);
    const own = await board;
    reply.hijack();
    own.routing(request.raw, reply.raw);
  });
  site.addHook('onClose', async () => (await board)?.close());
}

/**
 * A site of its own behind the same gate: Bull Board is a good part of what an ops would have in memory that nobody looks at,
 * and to a site that is open already nothing can be added.
 */
export async function createBoard(options: SiteOptions): Promise<FastifyInstance> {
  const { addBoard } = await import('./queues/board.ts');
  const board = newSite(options);
  await addBars(board, options);
  await addBoard(board, options.deps);
  await board.ready();
  return board;
}

/** What is not there, and what is away: the page says so and stays up. */
function addProblems(site: FastifyInstance, { log }: OpsDeps): void {
  site.setNotFoundHandler(async (request, reply) => {
    reply.code(404);
    return wantsPage(request) ? sendPage(request, reply, problemPage('not_found')) : reply.send({ error: 'not found' });
  });
  site.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const code = codeOf(error);
    const away = code === 'database_unavailable' || code === 'redis_unavailable';
    const status = away ? 503 : (error.statusCode ?? 500);
    if (status >= 500 && !away) log.error({ err: error, url: request.url }, `a page failed: ${describe(error)}`);
    reply.code(status);
    if (!wantsPage(request)) return reply.send({ error: status >= 500 && !away ? 'internal' : describe(error) });
    return sendPage(
      request,
      reply,
      problemPage(away ? code : status >= 500 ? 'internal' : 'bad_request', describe(error)),
    );
  });
}

function isBoard(request: FastifyRequest): boolean {
  return request.url === '/queues' || request.url.startsWith('/queues/');
}
