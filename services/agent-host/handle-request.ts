import type { ClientRequest } from '../../shared/agent-protocol/client-messages.ts';
import type { HostMessage, RequestType, ResultOf, SessionOpened } from '../../shared/agent-protocol/host-messages.ts';
import { type Agents, readableConversation } from './agents.ts';
import type { Outlet } from './event-stream.ts';
import { Refusal } from './refusal.ts';
import { inputHash, type Session } from './session.ts';
import type { Sessions } from './sessions.ts';
import type { Snapshots } from './snapshots.ts';
import type { Turn } from './turn.ts';
import type { Turns } from './turns.ts';
import { makeWorkspace } from './workspace.ts';

export type Services = {
  readonly agents: Agents;
  readonly volume: string;
  readonly sessions: Sessions;
  readonly turns: Turns;
  readonly snapshots: Snapshots;
};

/** The client that asks, and whose events it gets. */
export type Asker = Outlet & {
  readonly follow: (turn: Turn, afterSeq: number) => void;
  readonly leave: (turn: Turn) => void;
};

/** The answer, and what comes behind it. */
export type Reply = { readonly answer: HostMessage; readonly after?: () => void };

/** Does what a client asks for. @throws Refusal, which is the answer then. */
export async function handleRequest(request: ClientRequest, asker: Asker, host: Services): Promise<Reply> {
  if (!('session_id' in request)) return handleGlobal(request, host);
  return host.sessions.inOrder(request.session_id, async () => {
    if (request.type === 'session.open') return { answer: await openSession(request, host) };
    const session = await host.sessions.get(request.session_id);
    if ('turn_id' in request) return handleTurn(request, session, asker, host);
    return handleSession(request, session, host);
  });
}

type OfTurn = Extract<ClientRequest, { turn_id: string }>;
type OfSession = Exclude<Extract<ClientRequest, { session_id: string }>, OfTurn | { type: 'session.open' }>;
type Global = Exclude<ClientRequest, { session_id: string }>;

async function handleGlobal(request: Global, { agents, sessions, snapshots }: Services): Promise<Reply> {
  switch (request.type) {
    case 'session.list': {
      const all = await sessions.list();
      return done(request, {
        sessions: all.map(({ record, running }) => ({ session_id: record.session_id, ...stateOf(running) })),
      });
    }
    case 'snapshot.list':
      return done(request, { snapshots: await snapshots.list(request.owner) });
    case 'snapshot.delete':
      await snapshots.delete(request.snapshot_id);
      return done(request, {});
    case 'agent.check': {
      const { adapter } = agents.named(request.agent);
      if (!adapter.check) throw new Refusal('unsupported', 'this agent has nothing behind it that could be asked');
      const checked = await adapter.check();
      return done(request, { ok: checked.ok, text: (checked.ok ? checked.detail : checked.problem).slice(0, 4_096) });
    }
    case 'hello':
      throw new Refusal('bad_request', 'this connection said hello before');
  }
}

async function handleSession(request: OfSession, session: Session, host: Services): Promise<Reply> {
  const { record } = session;
  const { adapter } = host.agents.of(record);
  switch (request.type) {
    case 'session.reset':
      session.mustBeIdle();
      await adapter.release?.(record.session_id);
      record.messages = 0;
      session.keepConversation(undefined, undefined);
      await session.save();
      return done(request, {});
    case 'session.close': {
      const { running } = session;
      running?.cancel();
      await running?.whenEnded;
      await session.settled;
      await adapter.release?.(record.session_id);
      host.sessions.forget(record.session_id);
      return done(request, {});
    }
    case 'snapshot.save':
    case 'snapshot.load': {
      session.mustBeIdle();
      const copier = { adapter, workspace: await makeWorkspace(host.volume, record.workspace) };
      if (request.type === 'snapshot.load')
        return done(request, await host.snapshots.load(session, request.snapshot_id, copier));
      return done(request, await host.snapshots.save(session, request.owner, request.name, copier));
    }
    case 'context.get': {
      const { spent } = record;
      const figures = adapter.contextOf(readableConversation(record, adapter));
      return done(request, { ...figures, ...(spent && { spent }) });
    }
  }
}

async function handleTurn(request: OfTurn, session: Session, asker: Asker, { turns }: Services): Promise<Reply> {
  if (request.type === 'turn.start') {
    const { turn_id, input, after_seq = 0, traceparent } = request;
    const { turn, resumed } = await turns.start(session, turn_id, inputHash(input), input, traceparent);
    return started(request, turn, after_seq, resumed, asker);
  }
  const turn = await turns.find(session, request.turn_id);
  if (!turn) throw new Refusal('unknown_turn', 'this turn was never started here');
  switch (request.type) {
    case 'turn.attach':
      return started(request, turn, request.after_seq, true, asker);
    case 'turn.detach':
      asker.leave(turn);
      return done(request, {});
    case 'turn.cancel':
      turn.cancel();
      return done(request, {});
    case 'permission.respond': {
      const { permission_id, outcome, option_id, by, reason } = request;
      if (turn.hasEnded) throw new Refusal('permission_closed', 'the turn is over');
      turn.questions.respond({ permission_id, outcome, option_id, by, ...(reason === undefined ? {} : { reason }) });
      return done(request, {});
    }
    case 'file.ack':
      return done(request, { counted: turn.acknowledge(asker, request.file_id) });
  }
}

async function openSession(
  request: Extract<ClientRequest, { type: 'session.open' }>,
  host: Services,
): Promise<SessionOpened> {
  if (request.agent !== undefined) host.agents.named(request.agent);
  await makeWorkspace(host.volume, request.workspace);
  const { record, running } = await host.sessions.open(request.session_id, request.workspace, request.agent);
  const { adapter } = host.agents.of(record);
  const { context } = adapter.contextOf(readableConversation(record, adapter));
  return {
    type: 'session.opened',
    re: request.id,
    session_id: record.session_id,
    ...stateOf(running),
    ...(running ? { last_seq: running.stream.lastSeq } : {}),
    ...(context ? { context } : {}),
    ...(record.agent === undefined ? {} : { agent: record.agent }),
  };
}

function started(request: OfTurn, turn: Turn, afterSeq: number, resumed: boolean, asker: Asker): Reply {
  turn.mustHave(afterSeq);
  const { session_id, turn_id } = turn.header;
  const last_seq = turn.stream.lastSeq;
  return {
    answer: { type: 'turn.started', re: request.id, session_id, turn_id, last_seq, resumed },
    after: () => asker.follow(turn, afterSeq),
  };
}

function stateOf(running: Turn | undefined): Pick<SessionOpened, 'state' | 'turn_id'> {
  return running ? { state: running.state, turn_id: running.id } : { state: 'idle' };
}

function done<Type extends RequestType>(request: { type: Type; id: string }, result: ResultOf<Type>): Reply {
  return { answer: { type: 'request.done', re: request.id, result } };
}
