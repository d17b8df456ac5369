import type { z } from '../config/zod.ts';
import { CLIENT_MESSAGES, type ClientMessage, clientMessage } from './client-messages.ts';
import { HOST_MESSAGES, type HostMessage, hostMessage } from './host-messages.ts';

/** What a text frame turned out to be. `id` is the request's, where it could be made out. */
export type Decoded<Message> =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'unknown'; readonly type: string; readonly id?: string }
  | { readonly kind: 'malformed'; readonly reason: string; readonly id?: string };

const typesOf = (schemas: readonly { shape: { type: { value: string } } }[]) =>
  new Set(schemas.map((schema) => schema.shape.type.value));
const CLIENT_TYPES = typesOf(CLIENT_MESSAGES);
const HOST_TYPES = typesOf(HOST_MESSAGES);

export function decodeClientFrame(text: string): Decoded<ClientMessage> {
  return decode(text, clientMessage, CLIENT_TYPES);
}

export function decodeHostFrame(text: string): Decoded<HostMessage> {
  return decode(text, hostMessage, HOST_TYPES);
}

export function encodeFrame(message: ClientMessage | HostMessage): string {
  return JSON.stringify(message);
}

function decode<Message>(text: string, schema: z.ZodType<Message>, known: Set<string>): Decoded<Message> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', reason: 'not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'malformed', reason: 'not an object' };
  const { type, id } = value as { type?: unknown; id?: unknown };
  // As the schema counts: in code points.
  const about = typeof id === 'string' && id.length > 0 && [...id].length <= 64 ? { id } : {};
  if (typeof type !== 'string') return { kind: 'malformed', reason: '`type` is missing', ...about };
  if (!known.has(type)) return { kind: 'unknown', type: type.slice(0, 64), ...about };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'message', message: parsed.data };
  const issue = parsed.error.issues[0];
  return { kind: 'malformed', reason: `${type}: ${issue?.path.join('.')}: ${issue?.message}`.slice(0, 500), ...about };
}
