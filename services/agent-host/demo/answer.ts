import type { AgentTurn } from '../adapter.ts';

/** Small enough for every frame, also in Cyrillic. */
const CHUNK = 64 * 1024;

/** The answer of a turn as it is written: the message's markers stand before its first text, and nowhere else. */
export class Answer {
  readonly #turn: AgentTurn;
  #prefix: string;
  #length = 0;
  #open = false;

  constructor(turn: AgentTurn, markers: readonly string[]) {
    this.#turn = turn;
    this.#prefix = markers.map((marker) => `${marker} `).join('');
  }

  /** Characters so far. */
  get length(): number {
    return this.#length;
  }

  write(text: string): void {
    const whole = this.#prefix + text;
    this.#prefix = '';
    this.#length += whole.length;
    this.#open = true;
    for (let at = 0; at < whole.length; at += CHUNK)
      this.#turn.emit({
        type: 'message.delta',
        message_id: 'answer',
        channel: 'answer',
        text: whole.slice(at, at + CHUNK),
      });
  }

  done(): void {
    if (this.#open) this.#turn.emit({ type: 'message.done', message_id: 'answer', channel: 'answer' });
    this.#open = false;
  }
}
