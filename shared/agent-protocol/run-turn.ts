import type { InputBlock } from './content.ts';

/** What is asked of the agent in one turn. */
export type RunTurn = {
  readonly sessionId: string;
  /** Relative to the shared volume. */
  readonly workspace: string;
  /** The idempotency key: the same id and input is the same turn. */
  readonly turnId: string;
  readonly input: readonly InputBlock[];
  /**
   * Its reason says what an abort means: `{ cancel: true }` the person stopped the turn, which is cancelled at the host
   * and yields until `turn.ended`, 5 s at most; anything else leaves the turn running and throws `TurnDetached`.
   */
  readonly signal: AbortSignal;
  /** How long the agent may be silent, in ms. A turn that waits for a permission is not silent. */
  readonly idleTimeoutMs: number;
  /** The span below which the host's are, as W3C Trace Context writes it; undefined: nobody traces. */
  readonly traceparent?: string | undefined;
};
