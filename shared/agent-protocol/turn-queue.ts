import type { TurnEvent } from './turn-events.ts';

/**
 * Events between the connection and a consumer that may be slower. What only the newest of matters is merged while it
 * waits, so that the memory is bounded by the answer's own size and not by the number of its events.
 */
export class TurnQueue {
  #events: TurnEvent[] = [];
  #wake: (() => void) | undefined;
  #end: { error: Error | null } | undefined;

  get length(): number {
    return this.#events.length;
  }

  push(event: TurnEvent): void {
    if (this.#end) return;
    const merged = merge(this.#events.at(-1), event);
    if (merged) this.#events[this.#events.length - 1] = merged;
    else this.#events.push(event);
    this.#stir();
  }

  /** What was pushed before is still delivered; then the consumer gets the end, or the error. */
  end(error: Error | null): void {
    this.#end ??= { error };
    this.#stir();
  }

  /** @returns the next event, or null at the end. */
  async next(): Promise<TurnEvent | null> {
    for (;;) {
      const event = this.#events.shift();
      if (event) return event;
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #stir(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** The event that stands for both, or null where both have to be seen. */
function merge(before: TurnEvent | undefined, event: TurnEvent): TurnEvent | null {
  if (before === undefined) return null;
  if (before.type === 'message.delta' && event.type === 'message.delta') {
    if (before.message_id !== event.message_id || before.channel !== event.channel) return null;
    return { ...event, text: before.text + event.text };
  }
  if (before.type === 'tool_call.update' && event.type === 'tool_call.update')
    return before.tool_call_id === event.tool_call_id ? event : null;
  if (before.type === event.type && (event.type === 'usage.update' || event.type === 'plan.update')) return event;
  return null;
}
