import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Writes an event stream to who asked, in the shape of real servers unless it is told otherwise. */
export class EventWriter {
  readonly #response: ServerResponse;
  readonly #end: string;

  constructor(response: ServerResponse, end = '\n\n') {
    this.#response = response;
    this.#end = end;
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
  }

  raw(bytes: string | Uint8Array): void {
    if (!this.#response.destroyed) this.#response.write(bytes);
  }

  json(value: unknown): void {
    this.raw(`data: ${JSON.stringify(value)}${this.#end}`);
  }

  delta(delta: Record<string, unknown>, finish_reason: string | null = null): void {
    this.json(chunk(delta, finish_reason));
  }

  async words(text: string, gapMs = 0): Promise<void> {
    for (const word of text.match(/\S+\s*/g) ?? []) {
      if (this.#response.destroyed) return;
      this.delta({ content: word });
      if (gapMs > 0) await delay(gapMs);
    }
  }

  /** The end as llama.cpp has it. */
  finish(reason = 'stop', usage: unknown = { prompt_tokens: 100, completion_tokens: 20 }): void {
    this.delta({}, reason);
    if (usage) this.json({ object: 'chat.completion.chunk', choices: [], usage });
    this.raw(`data: [DONE]${this.#end}`);
    this.#response.end();
  }
}

export function chunk(delta: Record<string, unknown>, finish_reason: string | null = null) {
  return { object: 'chat.completion.chunk', model: 'scripted', choices: [{ index: 0, delta, finish_reason }] };
}
