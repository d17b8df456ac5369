export type Delta = {
  readonly type: 'message.delta';
  readonly message_id: string;
  readonly channel: 'answer' | 'thought';
  readonly text: string;
};

/** Nobody sees text grow faster than this; a frame costs host and client half a millisecond of CPU each. */
const WINDOW_MS = 100;
/** Well below what a frame takes. */
const MOST_CHARACTERS = 32 * 1024;

/**
 * Puts the words of an agent that speaks fast into fewer frames: the first one of a while goes out at once, what follows
 * within 100 ms goes out together. Whatever else the turn has to say is said behind what is held: `flush` comes first.
 */
export class DeltaBuffer {
  readonly #out: (delta: Delta) => void;
  #held: Delta | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(out: (delta: Delta) => void) {
    this.#out = out;
  }

  push(delta: Delta): void {
    const held = this.#held;
    const fits =
      held?.message_id === delta.message_id &&
      held.channel === delta.channel &&
      held.text.length + delta.text.length <= MOST_CHARACTERS;
    if (held && fits) {
      this.#held = { ...held, text: held.text + delta.text };
      return;
    }
    this.flush();
    const wait = this.#lastAt + WINDOW_MS - performance.now();
    this.#held = delta;
    if (wait <= 0) this.flush();
    else this.#timer = setTimeout(() => this.flush(), wait);
  }

  flush(): void {
    clearTimeout(this.#timer);
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    this.#lastAt = performance.now();
    this.#out(held);
  }
}
