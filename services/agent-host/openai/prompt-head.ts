import type { Tool, ToolSource } from '../tools/tool.ts';
import type { OpenaiSettings } from './openai-settings.ts';
import { ESTIMATE, type TokenCounter } from './tokens/token-counter.ts';
import { toolDefinitions } from './tool-calls/tool-definitions.ts';

type Counted = { readonly text: string; readonly by: string; readonly tokens: number };

/** What stands before every conversation: the system prompt, and what the tools are. */
export class PromptHead {
  readonly #systemPrompt: string;
  readonly #source: ToolSource | undefined;
  /** Of the newest turn: it is counted anew when it has changed. */
  #last: Counted;

  constructor({ systemPrompt = '', tools }: Pick<OpenaiSettings, 'systemPrompt' | 'tools'>) {
    this.#systemPrompt = systemPrompt;
    this.#source = tools;
    this.#last = { text: systemPrompt, by: ESTIMATE.name, tokens: ESTIMATE.count(systemPrompt) };
  }

  /** Tokens of what the newest turn began with; of the system prompt alone before the first one. */
  get lastTokens(): number {
    return this.#last.tokens;
  }

  /** What a turn begins with and keeps to its end. */
  async forTurn(counter: TokenCounter): Promise<{ tools: readonly Tool[]; tokens: number }> {
    const tools = (await this.#source?.tools()) ?? [];
    const definitions = tools.length > 0 ? JSON.stringify(toolDefinitions(tools)) : '';
    const text = this.#systemPrompt + definitions;
    if (text !== this.#last.text || counter.name !== this.#last.by)
      this.#last = { text, by: counter.name, tokens: await counter.count(text) };
    return { tools, tokens: this.#last.tokens };
  }
}
