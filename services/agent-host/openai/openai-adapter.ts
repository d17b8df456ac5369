import type { Adapter } from '../adapter.ts';
import { checkAgent } from './check-agent.ts';
import { ModelClient } from './completions/model-client.ts';
import { contextFigures } from './conversation/context-size.ts';
import { readConversation } from './conversation/conversation.ts';
import type { OpenaiSettings } from './openai-settings.ts';
import { PromptHead } from './prompt-head.ts';
import { TurnRun } from './run-turn.ts';

export type { OpenaiSettings } from './openai-settings.ts';

/**
 * An agent from any server with OpenAI's Chat Completions: Ollama, llama.cpp, vLLM, LiteLLM, a cloud. The conversation is
 * kept whole, as JSON; between turns nothing else of it is in memory.
 * @throws TypeError for settings that cannot work; see `endpointOf`.
 */
export function openaiAdapter(settings: OpenaiSettings): Adapter {
  const client = new ModelClient(settings);
  const head = new PromptHead(settings);
  const { name, tools, images } = settings;
  return {
    kind: 'openai',
    agent: { name },
    capabilities: { snapshots: true, permissions: tools !== undefined, files: true, images, context: true },
    runTurn: (turn) => new TurnRun({ client, settings, head }, turn).run(),
    contextOf: (stored) => contextFigures({ head_tokens: head.lastTokens, ...readConversation(stored) }, settings),
    check: () => checkAgent(settings),
    stop: async () => tools?.stop(),
  };
}
