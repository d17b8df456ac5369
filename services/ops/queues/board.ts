import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { type Act, audited } from '../../../shared/operate/audited.ts';
import { QUEUES } from '../../../shared/queue/queues.ts';
import { cookieFor } from '../access/session-cookie.ts';
import type { OpsDeps } from '../area.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from '../http.ts';

const BASE = '/queues';
/** What may be changed here, by operators. All else that Bull Board offers is refused, whoever asks. */
const CHANGES: Readonly<Record<string, Act>> = {
  [`PUT ${BASE}/api/queues/:queueName/:jobId/retry`]: 'retry-job',
  [`PUT ${BASE}/api/queues/:queueName/retry/:queueStatus`]: 'retry-jobs',
};
const REFUSED = 'Only retries can be made here. Queues hold nothing but wakes: what they say is in the record.';

/** The queues as Bull Board shows them, under `/queues`: readers look, operators also retry what failed. */
export async function addBoard(site: FastifyInstance, { wakes, database }: OpsDeps): Promise<void> {
  const board = new FastifyAdapter();
  createBullBoard({
    queues: QUEUES.map((name) => new BullMQAdapter(wakes.queue(name))),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'surfaces', miscLinks: [{ text: 'Operator’s page', url: '/' }] } },
  });
  board.setBasePath(BASE);
  await site.register(
    async (scope) => {
      scope.addHook('onRequest', giveToken);
      scope.addHook('preSerialization', async (request, _reply, payload) => asSeenBy(request, payload));
      scope.addHook('onRoute', (route) => guard(route, database));
      await scope.register(board.registerPlugin());
    },
    { prefix: BASE },
  );
}

/**
 * Bull Board's script sends what stands in the cookie XSRF-TOKEN back as a header: another site can neither read the one nor
 * make a browser send the other. The gate then compares it with the visitor's own, like a form's.
 */
async function giveToken(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { visitor, headers } = request;
  if (visitor)
    reply.setCookie('XSRF-TOKEN', visitor.csrf, {
      ...cookieFor(request),
      sameSite: 'strict',
      httpOnly: false,
      path: BASE,
    });
  const given = headers['x-xsrf-token'];
  if (typeof given === 'string') headers['x-csrf-token'] ??= given;
}

/** Its interface leaves out the buttons of a queue that is to be read only. */
function asSeenBy({ visitor }: FastifyRequest, payload: unknown): unknown {
  const { queues } = (payload ?? {}) as { queues?: unknown };
  if (visitor?.role === 'operator' || !Array.isArray(queues)) return payload;
  return {
    ...(payload as object),
    queues: queues.map((queue) => ({ ...queue, readOnlyMode: true, allowRetries: false })),
  };
}

/** Whatever changes something is an operator's act (the gate lets nobody else), and written down like all others. */
function guard(route: RouteOptions, database: OpsDeps['database']): void {
  const methods = [route.method].flat();
  if (methods.every((method) => method === 'GET' || method === 'HEAD')) return;
  const act = methods.map((method) => CHANGES[`${method} ${route.url}`]).find((known) => known !== undefined);
  const handler = route.handler;
  route.handler = async function guarded(this: FastifyInstance, request, reply) {
    if (!act) return reply.code(403).send({ error: REFUSED });
    const { queueName, jobId, queueStatus } = request.params as Readonly<Record<string, string | undefined>>;
    const subject = jobId === undefined ? `${queueName}` : `${queueName}/${jobId}`;
    const deed = {
      by: request.visitor!.name,
      act,
      subject,
      details: { by: 'Bull Board', ...(queueStatus && { of: queueStatus }) },
    };
    const held = heldReply();
    const result = await audited(database, deed, async () => {
      await handler.call(this, request, held as unknown as FastifyReply);
      if (held.code >= 400) return { state: 'nothing', text: `refused, ${held.code}` };
      return { state: 'done', text: jobId ? 'it is in its queue again' : 'they are in their queue again' };
    });
    if ('error' in result) throw result.error;
    return reply.code(held.code).send(held.body);
  };
}

/** Takes what Bull Board's handler answers, so that it is sent once the outcome is recorded. */
function heldReply() {
  const held = {
    code: 200,
    body: undefined as unknown,
    status(code: number) {
      held.code = code;
      return held;
    },
    send(body: unknown) {
      held.body = body;
      return held;
    },
  };
  return held;
}
