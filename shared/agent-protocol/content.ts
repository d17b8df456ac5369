import { z } from '../config/zod.ts';
import { PROTOCOL_ERRORS } from './protocol.ts';

/** Values that several messages carry. Fields that nobody knows are dropped, never refused. */
export const identifier = z.string().min(1).max(255);

/** Relative to the session's workspace. The host checks that it stays inside; see `path_outside_workspace`. */
export const relativePath = z.string().min(1).max(1024);

export const inputBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('resource_link'),
    path: relativePath,
    name: z.string().max(1024).optional(),
    mime_type: z.string().max(255).optional(),
    size: z.number().int().nonnegative().optional(),
  }),
  z.object({ type: z.literal('image'), path: relativePath, mime_type: z.string().max(255) }),
]);
export type InputBlock = z.infer<typeof inputBlock>;

/** How full the context is, in tokens; `size` is absent where the agent does not know it. */
export const contextUsage = z.object({
  used: z.number().int().nonnegative(),
  size: z.number().int().positive().optional(),
});
export type ContextUsage = z.infer<typeof contextUsage>;

export const usage = z.object({
  context: contextUsage.optional(),
  input_tokens: z.number().int().nonnegative().optional(),
  output_tokens: z.number().int().nonnegative().optional(),
  cost: z.object({ amount: z.number(), currency: z.string().length(3) }).optional(),
});

export type Usage = z.infer<typeof usage>;

export const capabilities = z.object({
  snapshots: z.boolean(),
  permissions: z.boolean(),
  files: z.boolean(),
  images: z.boolean(),
  context: z.boolean(),
});

/** One of the agents that a host offers. */
export const offeredAgent = z.object({
  /** By this a client asks for it in `session.open`, and a person in a command. */
  name: z.string().min(1).max(64),
  /** What people read; without it, the name. */
  title: z.string().max(255).optional(),
  description: z.string().max(1024).optional(),
  capabilities,
});
export type OfferedAgent = z.infer<typeof offeredAgent>;

export const permissionOption = z.object({
  option_id: identifier,
  name: z.string().max(255),
  kind: z.enum(['allow_once', 'allow_always', 'reject_once', 'reject_always']),
});
export type PermissionOption = z.infer<typeof permissionOption>;

export const turnError = z.object({
  code: z.enum(PROTOCOL_ERRORS).catch('internal'),
  message: z.string(),
  /** Whether the same message may be tried again: no tool had started, nothing was changed. */
  retryable: z.boolean(),
  /** The host that ran the turn is gone; this end was written by its successor. */
  host_restarted: z.boolean().optional(),
});
export type TurnError = z.infer<typeof turnError>;

export const snapshot = z.object({
  snapshot_id: identifier,
  name: z.string().max(255),
  /** ISO 8601 */
  created_at: z.string(),
  /** bytes */
  size: z.number().int().nonnegative(),
});
export type Snapshot = z.infer<typeof snapshot>;
