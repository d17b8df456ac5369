import { z } from '../config/zod.ts';
import { contextUsage, identifier, permissionOption, relativePath, turnError, usage } from './content.ts';

/** On every event of a turn. `seq` counts from 1 without a gap; `at` is the host's clock in ms since 1970. */
const place = {
  session_id: identifier,
  turn_id: identifier,
  seq: z.number().int().positive(),
  at: z.number().int().nonnegative(),
};

export const turnState = z.object({
  type: z.literal('turn.state'),
  ...place,
  state: z.enum(['running', 'requires_action']),
});

const message = { ...place, message_id: identifier, channel: z.enum(['answer', 'thought']) };
/** `text` goes behind what came before of the same message. */
export const messageDelta = z.object({ type: z.literal('message.delta'), ...message, text: z.string() });
/** `text` is the whole message where the host repeats it; the deltas are complete either way. */
export const messageDone = z.object({ type: z.literal('message.done'), ...message, text: z.string().optional() });

/** An upsert: the newest one of a `tool_call_id` says all that is known. `progress` runs from 0 to 1. */
export const toolCallUpdate = z.object({
  type: z.literal('tool_call.update'),
  ...place,
  tool_call_id: identifier,
  title: z.string().max(1024),
  kind: z.string().max(64),
  status: z.enum(['pending', 'in_progress', 'completed', 'failed', 'cancelled']),
  progress: z.number().min(0).max(1).optional(),
  detail: z.string().max(4096).optional(),
});

export const permissionRequest = z.object({
  type: z.literal('permission.request'),
  ...place,
  permission_id: identifier,
  tool_call_id: identifier.optional(),
  title: z.string().max(1024),
  description: z.string().max(8192).optional(),
  options: z.array(permissionOption).min(1).max(16),
  /** ISO 8601 */
  expires_at: z.string(),
});

export const permissionResolved = z.object({
  type: z.literal('permission.resolved'),
  ...place,
  permission_id: identifier,
  outcome: z.enum(['selected', 'cancelled', 'expired']),
  option_id: identifier.optional(),
  by: z.string().max(255).optional(),
});

export const fileOffer = z.object({
  type: z.literal('file.offer'),
  ...place,
  file_id: identifier,
  path: relativePath,
  name: z.string().min(1).max(255),
  mime_type: z.string().max(255),
  size: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** pixels, where it is a picture */
  width: z.number().int().positive().optional(),
  height: z.number().int().positive().optional(),
});

export const planUpdate = z.object({
  type: z.literal('plan.update'),
  ...place,
  entries: z
    .array(z.object({ content: z.string().max(4096), status: z.enum(['pending', 'in_progress', 'completed']) }))
    .max(256),
});

export const notice = z.object({
  type: z.literal('notice'),
  ...place,
  severity: z.enum(['info', 'warning', 'error']),
  text: z.string().max(8192),
});

export const usageUpdate = z.object({
  type: z.literal('usage.update'),
  ...place,
  context: contextUsage.optional(),
  usage: usage.optional(),
});

/** The last event of every turn. `error` is there if and only if `stop_reason` is `error`. */
export const turnEnded = z.object({
  type: z.literal('turn.ended'),
  ...place,
  stop_reason: z.enum(['end_turn', 'max_tokens', 'max_turn_requests', 'refusal', 'cancelled', 'error']),
  error: turnError.optional(),
  usage: usage.optional(),
});

export const TURN_EVENTS = [
  turnState,
  messageDelta,
  messageDone,
  toolCallUpdate,
  permissionRequest,
  permissionResolved,
  fileOffer,
  planUpdate,
  notice,
  usageUpdate,
  turnEnded,
] as const;

export const turnEvent = z.discriminatedUnion('type', TURN_EVENTS);
export type TurnEvent = z.infer<typeof turnEvent>;
export type TurnEnded = z.infer<typeof turnEnded>;
export type PermissionRequest = z.infer<typeof permissionRequest>;
export type FileOffer = z.infer<typeof fileOffer>;
