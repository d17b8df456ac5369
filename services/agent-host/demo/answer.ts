import type { AgentTurn } from '../adapter.ts';
import { endOfCharacter } from './end-of-character.ts';

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
    for (const text of inChunks(whole))
      this.#turn.emit({ type: 'message.delta', message_id: 'answer', channel: 'answer', text });
  }

  done(): void {
    if (this.#open) this.#turn.emit({ type: 'message.done', message_id: 'answer', channel: 'answer' });
    this.#open = false;
  }
}

function* inChunks(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = endOfCharacter(text, at + CHUNK);
    yield text.slice(at, end);
    at = end;
  }
}
