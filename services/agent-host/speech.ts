import type { AgentTurn } from './adapter.ts';

/** Small enough for every frame, also in Cyrillic. */
const CHUNK = 64 * 1024;

/** One answer of the model as people see it come: messages of their own for what it says and what it thinks. */
export class Speech {
  readonly #emit: AgentTurn['emit'];
  readonly #number: number;
  readonly #showThoughts: boolean;
  readonly #said: string[] = [];
  #thoughts = 0;
  #isThinking = false;

  /** @param number of the answer in its turn. */
  constructor(emit: AgentTurn['emit'], number: number, showThoughts: boolean) {
    this.#emit = emit;
    this.#number = number;
    this.#showThoughts = showThoughts;
  }

  /** What was said so far. */
  get text(): string {
    return this.#said.join('');
  }

  say(text: string): void {
    this.#endThought();
    this.#said.push(text);
    this.#delta(`answer-${this.#number}`, 'answer', text);
  }

  think(text: string): void {
    if (!this.#showThoughts) return;
    if (!this.#isThinking) this.#thoughts += 1;
    this.#isThinking = true;
    this.#delta(this.#thoughtId, 'thought', text);
  }

  /** The answer has come to its end. */
  done(): void {
    this.#endThought();
    if (this.#said.length === 0) return;
    this.#emit({ type: 'message.done', message_id: `answer-${this.#number}`, channel: 'answer' });
  }

  get #thoughtId(): string {
    return `thought-${this.#number}-${this.#thoughts}`;
  }

  #endThought(): void {
    if (!this.#isThinking) return;
    this.#isThinking = false;
    this.#emit({ type: 'message.done', message_id: this.#thoughtId, channel: 'thought' });
  }

  #delta(message_id: string, channel: 'answer' | 'thought', text: string): void {
    for (let at = 0; at < text.length; ) {
      let end = Math.min(text.length, at + CHUNK);
      // Not between the two halves of one character.
      if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1]!)) end -= 1;
      this.#emit({ type: 'message.delta', message_id, channel, text: text.slice(at, end) });
      at = end;
    }
  }
}
