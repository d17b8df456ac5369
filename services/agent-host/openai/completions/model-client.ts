import { sleep } from '../../../../shared/time/time.ts';
import type { ChatMessage } from '../conversation/chat-messages.ts';
import { type Endpoint, endpointOf } from '../http/endpoint.ts';
import { exchange } from '../http/exchange.ts';
import { ModelError } from '../http/model-error.ts';
import { RETRY_PACE, waitAfter } from '../http/retry-pace.ts';
import type { OpenaiSettings } from '../openai-settings.ts';
import type { ModelUsage } from './chat-chunk.ts';
import { type Completion, CompletionReader, type Listener } from './completion.ts';
import { type ChatBody, Dialect } from './dialect.ts';
import { readAnswer } from './read-answer.ts';

export type ChatRequest = {
  readonly messages: readonly ChatMessage[];
  /** As the API wants them; left out where there are none. */
  readonly tools: readonly unknown[];
  readonly maxTokens: number | undefined;
  /** For ids of tool calls that come without one. */
  readonly callPrefix: string;
};

export type Hearing = Listener & {
  /** The request will be repeated in so many ms. */
  readonly waits: (error: ModelError, ms: number) => void;
  /** An answer has come to its end; what it used, where the server told it. */
  readonly counts: (usage: ModelUsage | undefined) => void;
};

/** Asks the model of one server. Keeps nothing of what it was asked. */
export class ModelClient {
  readonly #settings: OpenaiSettings;
  readonly #endpoint: Endpoint;
  readonly #dialect: Dialect;

  /** @throws TypeError for settings that cannot work; see `endpointOf`. */
  constructor(settings: OpenaiSettings) {
    this.#settings = settings;
    this.#endpoint = endpointOf(settings);
    this.#dialect = new Dialect(settings);
  }

  /** Takes the server's secrets out of a text. */
  withoutSecrets(text: string): string {
    return this.#endpoint.withoutSecrets(text);
  }

  /**
   * One answer. Repeats the request where that helps, but only as long as nothing of an answer has come.
   * @throws ModelError; the signal's reason.
   */
  async ask(request: ChatRequest, hearing: Hearing, signal: AbortSignal): Promise<Completion> {
    const pace = this.#settings.retry ?? RETRY_PACE;
    let waitedMs = 0;
    for (let attempt = 0; ; ) {
      const reader = new CompletionReader(hearing);
      const fields = this.#dialect.fields(true, request.maxTokens);
      try {
        const completion = await this.#askOnce(request, fields, reader, signal);
        hearing.counts(completion.usage);
        return completion;
      } catch (error) {
        if (!(error instanceof ModelError) || reader.hasBegun) throw error;
        if (this.#dialect.learn(error, fields)) continue;
        const wait = waitAfter(error, { attempt, waitedMs }, pace);
        if (wait === null) throw error;
        hearing.waits(error, wait);
        await sleep(wait, signal);
        signal.throwIfAborted();
        attempt += 1;
        waitedMs += wait;
      }
    }
  }

  async #askOnce(
    request: ChatRequest,
    fields: ChatBody,
    reader: CompletionReader,
    signal: AbortSignal,
  ): Promise<Completion> {
    const hasEvents = await this.#send(request, fields, reader, signal);
    if (!hasEvents) {
      // One server answers so when the prompt is too long, and says which error it is only to who asks for no stream.
      const whole = this.#dialect.fields(false, request.maxTokens);
      await this.#send(request, whole, reader, signal);
    }
    return reader.result(request.callPrefix);
  }

  #send(
    { messages, tools }: ChatRequest,
    fields: ChatBody,
    reader: CompletionReader,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { headers, url, withoutSecrets } = this.#endpoint;
    const body = JSON.stringify({
      model: this.#settings.model,
      messages,
      ...(tools.length > 0 ? { tools } : {}),
      ...fields,
    });
    return exchange(
      url('/chat/completions'),
      { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body },
      this.#settings,
      signal,
      (answer, progress) => readAnswer(answer, reader, progress, withoutSecrets),
    );
  }
}
