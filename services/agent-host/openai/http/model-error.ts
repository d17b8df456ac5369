import { AgentFailure } from '../../adapter.ts';

/** What went wrong with a request to a model's server, by what can be done about it. */
export type ModelErrorKind =
  /** The prompt does not fit into the model's window. */
  | 'overflow'
  /** The model cannot do what is asked of it, such as look at a picture. */
  | 'not_supported'
  | 'key'
  | 'no_model'
  /** Paid for is used up; waiting does not help. */
  | 'quota'
  | 'busy'
  | 'loading'
  /** The server's own failure. */
  | 'server'
  | 'unreachable'
  /** It accepted the request, and then said nothing for too long. */
  | 'silent'
  /** The answer has no end. */
  | 'broken_off'
  /** The request, or the address, is wrong. */
  | 'refused';

/** `message` is part of a sentence that people read, without secrets and without the server's address. */
export class ModelError extends Error {
  readonly kind: ModelErrorKind;
  /** Of the HTTP answer, where one came. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: ModelErrorKind, message: string, facts: { status?: number; retryAfterMs?: number } = {}) {
    super(message);
    this.name = 'ModelError';
    this.kind = kind;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

const CODES: Partial<Record<ModelErrorKind, AgentFailure['code']>> = {
  overflow: 'context_overflow',
  not_supported: 'unsupported',
  busy: 'rate_limited',
  broken_off: 'agent_crashed',
  server: 'internal',
  refused: 'internal',
};

/** The error with which a turn ends. */
export function failureOf(error: ModelError): AgentFailure {
  return new AgentFailure(CODES[error.kind] ?? 'agent_unavailable', error.message);
}
