import type { Log } from '../../shared/runtime/log.ts';
import type { Span } from '../../shared/runtime/span.ts';
import { openSpan, placeOfEvent, placeOfTraceparent } from '../../shared/runtime/tracing.ts';
import { currentPlace, inWork } from '../../shared/runtime/work.ts';
import type { AdapterEvent } from './adapter.ts';

type Ids = { readonly session_id: string; readonly turn_id: string };

/**
 * Runs a turn as a piece of work: its log lines carry session and turn, its spans stand below the caller's, or, where the
 * caller does not trace, in a trace of the turn's own.
 */
export function asTurnWork(
  { session_id: session, turn_id: turn }: Ids,
  traceparent: string | undefined,
  run: () => Promise<void>,
  log: Log,
): Promise<void> {
  const began = performance.now();
  const parent = placeOfTraceparent(traceparent);
  const span = openSpan('run the turn', { session, turn }, parent ? { parent } : { first: placeOfEvent(turn)! });
  const ids = { session, turn, trace_id: span?.place.traceId };
  return inWork(
    ids,
    async (work) => {
      try {
        await run();
      } finally {
        const { message, fields } = work.end ?? { message: 'turn left', fields: {} };
        log.debug({ ...fields, total_ms: Math.round(performance.now() - began) }, message);
        const { stop_reason, code } = fields as { stop_reason?: string; code?: string };
        span?.set({ stop_reason, code });
        span?.end(code);
      }
    },
    span?.place,
  );
}

/** The spans of a turn’s tool calls, from what the adapter tells of them. A title is not among their attributes: it may quote. */
export class ToolSpans {
  // Events of an agent’s process come in on its own connection, which knows nothing of the turn.
  readonly #parent = currentPlace();
  readonly #open = new Map<string, Span>();

  see(event: AdapterEvent): void {
    if (!this.#parent || event.type !== 'tool_call.update') return;
    const { tool_call_id: id, status, kind } = event;
    const span = this.#open.get(id) ?? openSpan('tool call', { tool_call: id, kind }, { parent: this.#parent });
    if (!span) return;
    this.#open.set(id, span);
    if (status !== 'pending' && status !== 'in_progress') this.#end(id, span, status);
  }

  /** The turn is over. */
  end(): void {
    for (const [id, span] of this.#open) this.#end(id, span, 'unfinished');
  }

  #end(id: string, span: Span, outcome: string): void {
    span.set({ outcome });
    span.end(outcome === 'failed' ? outcome : undefined);
    this.#open.delete(id);
  }
}
