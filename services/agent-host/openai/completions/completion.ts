import { ModelError } from '../http/model-error.ts';
import { CallMerger, type ModelCall } from './call-merger.ts';
import type { ChatChunk, ModelUsage, ThoughtField } from './chat-chunk.ts';

/** One answer of the model. */
export type Completion = {
  readonly text: string;
  readonly thought: string;
  readonly thoughtField: ThoughtField;
  /** None where the answer did not come to its end: the last one may be cut. */
  readonly calls: readonly ModelCall[];
  readonly finish: 'stop' | 'length' | 'filter';
  /** Where the server reports it. */
  readonly usage: ModelUsage | undefined;
};

/** Who hears an answer while it comes. */
export type Listener = { readonly text: (text: string) => void; readonly thought: (text: string) => void };

/** With these a server says that it gave up. */
const GAVE_UP: ReadonlySet<string> = new Set(['error', 'abort', 'cancelled', 'insufficient_system_resource']);

/** Gathers one answer from its chunks. */
export class CompletionReader {
  readonly #listener: Listener;
  readonly #calls = new CallMerger();
  readonly #text: string[] = [];
  readonly #thought: string[] = [];
  #thoughtField: ThoughtField = 'reasoning_content';
  #finish = '';
  #usage: ModelUsage | undefined;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Somebody may have seen some of it: it cannot be asked for again. */
  get hasBegun(): boolean {
    return this.#text.length > 0 || this.#thought.length > 0 || !this.#calls.isEmpty;
  }

  get isFinished(): boolean {
    return this.#finish !== '';
  }

  add(chunk: ChatChunk): void {
    if (chunk.thought) {
      this.#thought.push(chunk.thought);
      this.#thoughtField = chunk.thoughtField;
      this.#listener.thought(chunk.thought);
    }
    if (chunk.text) {
      this.#text.push(chunk.text);
      this.#listener.text(chunk.text);
    }
    for (const piece of chunk.calls) this.#calls.add(piece);
    this.#finish ||= chunk.finish;
    // Some servers count on with every chunk: the last one is the sum.
    this.#usage = chunk.usage ?? this.#usage;
  }

  /** @throws ModelError `broken_off` where nothing said that this is the end. */
  result(callPrefix: string): Completion {
    if (!this.isFinished || GAVE_UP.has(this.#finish))
      throw new ModelError('broken_off', 'the model’s answer broke off before its end');
    const finish =
      this.#finish === 'length' ? 'length' : this.#finish === 'content_filter' ? 'filter' : ('stop' as const);
    return {
      text: this.#text.join(''),
      thought: this.#thought.join(''),
      thoughtField: this.#thoughtField,
      calls: finish === 'stop' ? this.#calls.calls(callPrefix) : [],
      finish,
      usage: this.#usage,
    };
  }
}
