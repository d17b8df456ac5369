import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { WakeQueue } from '../../shared/queue/bullmq.ts';
import { loginPage, type Overview, overviewPage, stylesheet } from './pages.ts';
import type { Sessions } from './sessions.ts';

const COOKIE = 'surfaces_ops';
const OPEN = new Set(['/login', '/style.css']);
const STRICT = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** Bull Board's own interface: its scripts and styles come from this server, some styles inline. */
const BOARD =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'";

export type SiteOptions = {
  readonly sessions: Sessions;
  readonly queues: readonly WakeQueue[];
  readonly overview: () => Promise<Overview>;
};

/** The operator’s page. `/login` is open; everything else needs a session of its form, or HTTP basic (for programs). */
export async function createSite({ sessions, queues, overview }: SiteOptions): Promise<FastifyInstance> {
  // A forwarded address counts only from a proxy on this machine: else whoever tries passwords could be somebody new each time.
  const site = fastify({ logger: false, trustProxy: 'loopback' });
  await site.register(cookie);
  await site.register(formbody);

  site.addHook('onRequest', async (request, reply) => {
    const board = request.url.startsWith('/queues');
    reply.header('content-security-policy', board ? BOARD : STRICT);
    reply
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-store');
    if (foreign(request)) return reply.code(403).send({ error: 'this form was not sent from this page' });
    if (OPEN.has(request.url.split('?')[0] ?? '')) return;
    if (await sessions.isOpen(request.cookies[COOKIE])) return;
    if (await basic(request, sessions)) return;
    if (request.headers.accept?.includes('text/html')) return reply.redirect('/login');
    return reply.code(401).header('www-authenticate', 'Basic realm="surfaces"').send({ error: 'log in first' });
  });

  site.get('/style.css', async (_request, reply) => reply.type('text/css').send(stylesheet));
  site.get('/login', async (_request, reply) => html(reply, loginPage()));
  site.post<{ Body: { user?: string; password?: string } | undefined }>('/login', async (request, reply) => {
    if (!(await sessions.mayTry(request.ip))) {
      return html(reply.code(429), loginPage('Too many tries. Wait five minutes, then try again.'));
    }
    const { user = '', password = '' } = request.body ?? {};
    if (!sessions.matches(String(user), String(password))) {
      await sessions.countTry(request.ip);
      return html(reply.code(401), loginPage('User and password do not fit together.'));
    }
    reply.setCookie(COOKIE, await sessions.open(), {
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      secure: request.protocol === 'https',
    });
    return reply.redirect('/', 303);
  });
  site.post('/logout', async (request, reply) => {
    await sessions.close(request.cookies[COOKIE]);
    return reply.clearCookie(COOKIE, { path: '/' }).redirect('/login', 303);
  });
  site.get('/', async (_request, reply) => html(reply, overviewPage(await overview())));

  const board = new FastifyAdapter();
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: board,
  });
  board.setBasePath('/queues');
  await site.register(board.registerPlugin(), { prefix: '/queues' });
  await site.ready();
  return site;
}

function html(reply: FastifyReply, body: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(body);
}

/** A form that another site sends in the operator’s name: browsers tell where it comes from. */
function foreign(request: FastifyRequest): boolean {
  return (
    request.method !== 'GET' &&
    request.method !== 'HEAD' &&
    ['cross-site', 'same-site'].includes(String(request.headers['sec-fetch-site'] ?? ''))
  );
}

async function basic(request: FastifyRequest, sessions: Sessions): Promise<boolean> {
  const encoded = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!encoded || !(await sessions.mayTry(request.ip))) return false;
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  if (sessions.matches(user, rest.join(':'))) return true;
  await sessions.countTry(request.ip);
  return false;
}
