import type { ModelError } from '../http/model-error.ts';
import type { OpenaiSettings } from '../openai-settings.ts';

export type ChatBody = Record<string, unknown>;

/** Which of the optional fields of a request a server takes: learned from its refusals, once for all conversations. */
export class Dialect {
  readonly #settings: Pick<OpenaiSettings, 'temperature'>;
  #streamOptions = true;
  #maxTokens: 'max_tokens' | 'max_completion_tokens' = 'max_tokens';
  #temperature = true;

  constructor(settings: Pick<OpenaiSettings, 'temperature'>) {
    this.#settings = settings;
  }

  fields(stream: boolean, maxTokens: number | undefined): ChatBody {
    const { temperature } = this.#settings;
    return {
      stream,
      // Without a stream it is refused by OpenAI.
      ...(stream && this.#streamOptions ? { stream_options: { include_usage: true } } : {}),
      ...(maxTokens === undefined ? {} : { [this.#maxTokens]: maxTokens }),
      ...(temperature === undefined || !this.#temperature ? {} : { temperature }),
    };
  }

  /** @returns whether the same request is worth another try, without the field that this server does not know. */
  learn({ status, message }: ModelError, refused: ChatBody): boolean {
    if ((status !== 400 && status !== 422) || !/support|unknown|unrecogni|extra|unexpected|permitted/i.test(message))
      return false;
    if ('stream_options' in refused && message.includes('stream_options')) this.#streamOptions = false;
    else if ('max_tokens' in refused && message.includes('max_completion_tokens'))
      this.#maxTokens = 'max_completion_tokens';
    else if ('temperature' in refused && message.includes('temperature')) this.#temperature = false;
    else return false;
    return true;
  }
}
