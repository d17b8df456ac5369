import { z } from '../config/zod.ts';
import { identifier, inputBlock } from './content.ts';

const id = z.string().min(1).max(64);
const inSession = { id, session_id: identifier };
const inTurn = { ...inSession, turn_id: identifier };

export const hello = z.object({
  type: z.literal('hello'),
  id,
  versions: z.array(z.string().max(64)).max(16),
  client: z.object({
    name: z.string().max(255),
    /** One for each connection's owner: a newer connection of the same instance replaces the older one (4409). */
    instance: z.string().max(255),
  }),
});

/**
 * `workspace` is relative to the volume that client and host share, and made if it is missing. `agent` is for good: the
 * session that was opened with one has it from then on; one that never names any has the host's default of the day.
 */
export const sessionOpen = z.object({
  type: z.literal('session.open'),
  ...inSession,
  workspace: z.string().max(1024),
  agent: z.string().min(1).max(64).optional(),
});
/** Forgets the conversation, keeps the workspace. */
export const sessionReset = z.object({ type: z.literal('session.reset'), ...inSession });
/** Frees what the host holds for a session; its conversation stays. */
export const sessionClose = z.object({ type: z.literal('session.close'), ...inSession });
export const sessionList = z.object({ type: z.literal('session.list'), id });

/** Repeated with the same input it attaches, and replays what comes after `after_seq` (0: everything). */
export const turnStart = z.object({
  type: z.literal('turn.start'),
  ...inTurn,
  input: z.array(inputBlock).min(1).max(256),
  after_seq: z.number().int().nonnegative().optional(),
  /** The caller's span, as W3C Trace Context writes it. It is no part of the input, and no reason to refuse a turn. */
  traceparent: z.string().max(128).optional(),
});
export const turnAttach = z.object({
  type: z.literal('turn.attach'),
  ...inTurn,
  after_seq: z.number().int().nonnegative(),
});
/** This connection wants no more events of the turn; the turn goes on. */
export const turnDetach = z.object({ type: z.literal('turn.detach'), ...inTurn });
export const turnCancel = z.object({ type: z.literal('turn.cancel'), ...inTurn });

export const permissionRespond = z.object({
  type: z.literal('permission.respond'),
  ...inTurn,
  permission_id: identifier,
  outcome: z.enum(['selected', 'cancelled']),
  option_id: identifier.optional(),
  /** who answered */
  by: z.string().max(255).optional(),
  /** why not, in that person's words */
  reason: z.string().max(1024).optional(),
});

export const fileAck = z.object({
  type: z.literal('file.ack'),
  ...inTurn,
  file_id: identifier,
  accepted: z.boolean(),
  reason: z.string().max(1024).optional(),
});

/** `owner` is the scope of the name, opaque to the host: the same owner and name is the same snapshot, replaced. */
export const snapshotSave = z.object({
  type: z.literal('snapshot.save'),
  ...inSession,
  owner: identifier,
  name: z.string().min(1).max(255),
});
export const snapshotLoad = z.object({ type: z.literal('snapshot.load'), ...inSession, snapshot_id: identifier });
export const snapshotList = z.object({ type: z.literal('snapshot.list'), id, owner: identifier });
export const snapshotDelete = z.object({ type: z.literal('snapshot.delete'), id, snapshot_id: identifier });

export const contextGet = z.object({ type: z.literal('context.get'), ...inSession });

/** Whether what is behind an agent (the default one, where none is named) answers; takes up to ten seconds. */
export const agentCheck = z.object({
  type: z.literal('agent.check'),
  id,
  agent: z.string().min(1).max(64).optional(),
});

export const ping = z.object({ type: z.literal('ping'), nonce: z.string().max(64) });
export const pong = z.object({ type: z.literal('pong'), nonce: z.string().max(64) });

export const CLIENT_MESSAGES = [
  hello,
  sessionOpen,
  sessionReset,
  sessionClose,
  sessionList,
  turnStart,
  turnAttach,
  turnDetach,
  turnCancel,
  permissionRespond,
  fileAck,
  snapshotSave,
  snapshotLoad,
  snapshotList,
  snapshotDelete,
  contextGet,
  agentCheck,
  ping,
  pong,
] as const;

export const clientMessage = z.discriminatedUnion('type', CLIENT_MESSAGES);
export type ClientMessage = z.infer<typeof clientMessage>;
/** Everything that is answered. */
export type ClientRequest = Extract<ClientMessage, { id: string }>;
/** A request before it was given its id. */
export type RequestBody = ClientRequest extends infer Request
  ? Request extends ClientRequest
    ? Omit<Request, 'id'>
    : never
  : never;
