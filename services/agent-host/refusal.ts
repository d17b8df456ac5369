import type { ErrorAnswer } from '../../shared/agent-protocol/host-messages.ts';
import type { ProtocolError } from '../../shared/agent-protocol/protocol.ts';

/** A request that the host does not do; becomes an `error` answer. */
export class Refusal extends Error {
  readonly code: ProtocolError;
  readonly extra: Pick<ErrorAnswer, 'retry_after_ms' | 'turn_id'>;

  constructor(code: ProtocolError, message: string, extra: Pick<ErrorAnswer, 'retry_after_ms' | 'turn_id'> = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.extra = extra;
  }
}

/** Worth the same request again, later. */
const RETRYABLE: ReadonlySet<ProtocolError> = new Set(['session_busy', 'overloaded', 'rate_limited']);

export function errorAnswer(re: string | undefined, refusal: Refusal): ErrorAnswer {
  return {
    type: 'error',
    ...(re === undefined ? {} : { re }),
    code: refusal.code,
    message: refusal.message,
    retryable: RETRYABLE.has(refusal.code),
    ...refusal.extra,
  };
}
