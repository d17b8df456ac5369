import type { Frame } from '../frame.ts';
import { answered, asRequested, type BrokenHost, hears, only, remembering, sends } from './faults.ts';

/** Hosts that come between the agent and the person in a wrong way. */
export const BROKEN_AGENTS: readonly BrokenHost[] = [
  {
    host: 'cancels a permission with its client',
    rule: 'a permission survives its client',
    shows: 'requires_action',
    fault: (wire) => ({
      fromHost(frame) {
        if (frame.type === 'permission.request') wire.memory.set('question', frame);
        return frame;
      },
      onGone() {
        const { session_id, turn_id, permission_id } = (wire.memory.get('question') ?? {}) as Partial<Frame>;
        const respond = { session_id, turn_id, permission_id, outcome: 'cancelled' };
        if (turn_id) wire.toHost({ type: 'permission.respond', id: 'proxy-respond', ...respond });
      },
    }),
  },
  {
    host: 'says yes to a second answer',
    rule: 'closed to another answer',
    shows: 'permission_closed',
    fault: sends((frame) =>
      frame.code === 'permission_closed' ? { type: 'request.done', re: frame.re, result: {} } : frame,
    ),
  },
  {
    host: 'lets permissions expire in the past',
    rule: 'a time in the future',
    shows: 'later than now',
    fault: sends(only('permission.request', (frame) => ({ ...frame, expires_at: '2020-01-01T00:00:00Z' }))),
  },
  {
    host: 'counts every acknowledgement',
    rule: 'the one that attached last counts',
    shows: 'counted',
    fault: asRequested('file.ack', (frame) => ({ ...frame, result: { counted: true } })),
  },
  {
    host: 'offers files by absolute paths',
    rule: 'a file is offered by a path',
    shows: 'relative',
    fault: sends(only('file.offer', (frame) => ({ ...frame, path: `/srv/${frame.path}` }))),
  },
  {
    host: 'calls a failure a success',
    rule: 'an agent that fails',
    shows: 'stop_reason error',
    fault: sends(only('turn.ended', ({ error: _, ...frame }) => ({ ...frame, stop_reason: 'end_turn' }) as Frame)),
  },
  {
    host: 'gives each update of a tool an id of its own',
    rule: 'updates under one tool_call_id',
    shows: 'in_progress',
    fault: sends(only('tool_call.update', (frame) => ({ ...frame, tool_call_id: `tool-${frame.seq}` }))),
  },
  {
    host: 'reads UTF-8 as Latin 1',
    rule: 'text comes back as it was written',
    shows: 'an answer with',
    fault: sends(
      only('message.delta', (frame) => ({ ...frame, text: Buffer.from(String(frame.text)).toString('latin1') })),
    ),
  },
  {
    host: 'does not forget',
    rule: 'a session keeps its conversation',
    shows: 'an answer without',
    fault: hears(only('session.reset', answered())),
  },
  {
    host: 'loads no snapshot',
    rule: 'a snapshot holds the conversation',
    shows: 'an answer without',
    fault: hears(only('snapshot.load', answered())),
  },
  {
    host: 'mixes up the turns of a connection',
    rule: 'a hundred turns',
    shows: 'conformance-',
    fault: (wire) => ({
      fromHost(frame) {
        if (frame.seq !== 2) return frame;
        const other = wire.memory.get('last') as Frame | undefined;
        wire.memory.set('last', frame);
        return other ? { ...frame, session_id: other.session_id } : frame;
      },
    }),
  },
  {
    host: 'runs one turn after the other',
    rule: 'turns of different sessions run at the same time',
    shows: 'words of each',
    fault: (wire) => ({
      fromHost(frame) {
        if (!('seq' in frame)) return frame;
        const first = wire.memory.get('first') ?? frame.turn_id;
        wire.memory.set('first', first);
        return frame.turn_id === first ? frame : [];
      },
    }),
  },
  {
    host: 'drops events for a slow client',
    rule: 'a client that reads nothing',
    shows: 'seq 2',
    fault: sends((frame) => (frame.seq === 2 ? [] : frame)),
  },
  {
    host: 'tells the answer to a permission only to who gave it',
    rule: 'the question and its answer reach every client',
    shows: 'permission.resolved',
    fault: (wire) => ({
      fromClient: remembering(wire, 'permission.respond'),
      fromHost: (frame) =>
        frame.type === 'permission.resolved' && !wire.memory.has('permission.respond') ? [] : frame,
    }),
  },
  {
    host: 'takes an option that was not offered',
    rule: 'an option that was not offered',
    shows: 'bad_request',
    fault: asRequested('permission.respond', ({ re }) => ({ type: 'request.done', re, result: {} })),
  },
  {
    host: 'leaves a permission open when its turn is cancelled',
    rule: 'cancelled while a permission waits',
    shows: 'permission_closed',
    fault: asRequested('permission.respond', ({ re }) => ({ type: 'request.done', re, result: {} })),
  },
  {
    host: 'says that a crash is a failure like any other',
    rule: 'an agent that crashes',
    shows: 'agent_crashed',
    fault: sends(
      only('turn.ended', (frame) => ({ ...frame, error: { ...(frame.error as object), code: 'internal' } })),
    ),
  },
  {
    host: 'cannot stop an agent that hangs',
    rule: 'an agent that hangs',
    shows: 'turn.ended',
    fault: hears(only('turn.cancel', answered())),
  },
];
