/** The version that both sides name in the handshake. */
export const PROTOCOL = 'surfaces.agent/1';

/** Codes that stand in `error.code` of an answer and of `turn.ended`. */
export const PROTOCOL_ERRORS = [
  'unsupported_version',
  'unauthorized',
  'bad_request',
  'unknown_session',
  'unknown_turn',
  'unknown_snapshot',
  'unknown_agent',
  'session_busy',
  'turn_conflict',
  'events_expired',
  'permission_closed',
  'path_outside_workspace',
  'too_large',
  'rate_limited',
  'overloaded',
  'agent_unavailable',
  'agent_crashed',
  'context_overflow',
  'unsupported',
  'internal',
] as const;
export type ProtocolError = (typeof PROTOCOL_ERRORS)[number];

/** WebSocket close codes of the private range, beside the standard ones. */
export const CLOSE = { unauthorized: 4401, version: 4406, heartbeat: 4408, replaced: 4409 } as const;

/** The largest frame in bytes. A longer input belongs into a file of the workspace. */
export const MAX_FRAME_BYTES = 1024 * 1024;
