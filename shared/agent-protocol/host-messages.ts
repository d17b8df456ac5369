import { z } from '../config/zod.ts';
import { ping, pong } from './client-messages.ts';
import { capabilities, contextUsage, identifier, offeredAgent, snapshot, usage } from './content.ts';
import { PROTOCOL_ERRORS } from './protocol.ts';
import { TURN_EVENTS } from './turn-events.ts';

const re = z.string().max(64);

export const welcome = z.object({
  type: z.literal('welcome'),
  re,
  version: z.string(),
  agent: z.object({ name: z.string().max(255), version: z.string().max(64).optional() }),
  /** Of the agent that a session gets which asks for none. */
  capabilities,
  /** Those that a session may ask for by name, the default first. Absent where there is no choice. */
  agents: z.array(offeredAgent).min(1).max(64).optional(),
  limits: z.object({
    max_frame_bytes: z.number().int().positive(),
    max_running_turns: z.number().int().positive(),
  }),
  /** Who has heard nothing for half of this sends a ping; who has heard nothing for all of it closes with 4408. */
  heartbeat_ms: z.number().int().positive(),
  /** How long a turn's events can be replayed after its end, at least. */
  retention_s: z.number().int().positive(),
});
export type Welcome = z.infer<typeof welcome>;

export const sessionOpened = z.object({
  type: z.literal('session.opened'),
  re,
  session_id: identifier,
  state: z.enum(['idle', 'running', 'requires_action']),
  turn_id: identifier.optional(),
  last_seq: z.number().int().nonnegative().optional(),
  context: contextUsage.optional(),
  /** The agent that the session was opened with; without it, it has the host's default of the day. */
  agent: z.string().max(64).optional(),
});
export type SessionOpened = z.infer<typeof sessionOpened>;

/** Answers `turn.start` and `turn.attach`; the events follow it. */
export const turnStarted = z.object({
  type: z.literal('turn.started'),
  re,
  session_id: identifier,
  turn_id: identifier,
  last_seq: z.number().int().nonnegative(),
  /** The turn was there before this request. */
  resumed: z.boolean(),
});

/** Answers every other request. */
export const requestDone = z.object({ type: z.literal('request.done'), re, result: z.unknown() });

export const errorAnswer = z.object({
  type: z.literal('error'),
  re: re.optional(),
  code: z.enum(PROTOCOL_ERRORS).catch('internal'),
  message: z.string(),
  retryable: z.boolean(),
  retry_after_ms: z.number().int().nonnegative().optional(),
  /** With `session_busy`: the turn that is running. */
  turn_id: identifier.optional(),
});
export type ErrorAnswer = z.infer<typeof errorAnswer>;

export const HOST_MESSAGES = [
  welcome,
  sessionOpened,
  turnStarted,
  requestDone,
  errorAnswer,
  ping,
  pong,
  ...TURN_EVENTS,
] as const;

export const hostMessage = z.discriminatedUnion('type', HOST_MESSAGES);
export type HostMessage = z.infer<typeof hostMessage>;

const nothing = z.object({});

/** What `request.done` carries in `result`, by the request that it answers. */
export const RESULTS = {
  'session.reset': nothing,
  'session.close': nothing,
  'session.list': z.object({
    sessions: z.array(
      z.object({
        session_id: identifier,
        state: z.enum(['idle', 'running', 'requires_action']),
        turn_id: identifier.optional(),
      }),
    ),
  }),
  'turn.detach': nothing,
  'turn.cancel': nothing,
  'permission.respond': nothing,
  /** `counted` is false where another connection attached later: its word holds. */
  'file.ack': z.object({ counted: z.boolean() }),
  'snapshot.save': snapshot,
  /** `lossy`: the agent itself had forgotten it; what was said is given to it anew, as text. */
  'snapshot.load': z.object({ lossy: z.boolean().optional() }),
  'snapshot.list': z.object({ snapshots: z.array(snapshot) }),
  'snapshot.delete': nothing,
  'context.get': z.object({
    context: contextUsage.optional(),
    categories: z.union([
      z.array(z.object({ name: z.string().max(255), tokens: z.number().int().nonnegative() })),
      z.literal('not_reported'),
    ]),
    /** The figures are an estimate, not counted by the model's own rules. */
    estimated: z.boolean().optional(),
    /** What the session has used since it began, as far as the host knows. */
    spent: usage.omit({ context: true }).optional(),
  }),
  'agent.check': z.object({ ok: z.boolean(), text: z.string().max(4096) }),
} as const;
export type RequestType = keyof typeof RESULTS;
export type ResultOf<Type extends RequestType> = z.infer<(typeof RESULTS)[Type]>;
