import { nextEditDelay } from '../surface/pace.ts';
import type { Chat } from '../surface/port.ts';
import type { Part } from './answer-part.ts';

/** Answers that stream in this process now: edits are thinned by it. */
let crowd = 0;

/**
 * When the next draft of an answer is due. Asked with every token, dozens of times a second: it does not look at the text,
 * which would cost by its length, but at what was measured when it was split last.
 */
export class DraftPace {
  readonly #chat: Chat;
  #length = 0;
  #bytes = 0;
  #over = false;

  constructor(chat: Chat) {
    this.#chat = chat;
    crowd += 1;
  }

  /** The text has been split. @param lastBytes UTF-8 bytes of its last part. */
  measured(text: string, lastBytes: number): void {
    this.#length = text.length;
    this.#bytes = lastBytes;
  }

  /**
   * Milliseconds until something is to be done about the last message; 0 also where the text may have grown out of it.
   * Infinity: nothing more before the end.
   */
  untilDue(part: Part | undefined, text: string, openedAt: number | null): number {
    if (!part || part.id === null || part.closed) return 0;
    // A code unit has three bytes of UTF-8 at most: a character of four is two units.
    const bytes = this.#bytes + 3 * (text.length - this.#length);
    if (bytes > this.#chat.limits.maxPartBytes) return 0;
    return this.untilEdit(part, openedAt);
  }

  /** Milliseconds until a middle edit of this message is due; Infinity when there will be none. */
  untilEdit(part: Part, openedAt: number | null): number {
    const now = performance.now();
    const delay = nextEditDelay({
      ageMs: now - (openedAt ?? now),
      edits: part.edits,
      maxEdits: this.#chat.limits.maxEdits,
      bytes: this.#bytes,
      sendMs: this.#chat.sendMs(),
      crowd,
    });
    return delay === null ? Number.POSITIVE_INFINITY : Math.max(0, part.sentAt + delay - now);
  }

  /** The answer does not stream any more. */
  end(): void {
    if (!this.#over) crowd -= 1;
    this.#over = true;
  }
}
