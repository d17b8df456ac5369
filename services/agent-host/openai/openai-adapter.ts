import type { Adapter } from '../adapter.ts';
import { ModelClient } from './completions/model-client.ts';
import { contextFigures } from './conversation/context-size.ts';
import { readConversation } from './conversation/conversation.ts';
import type { OpenaiSettings } from './openai-settings.ts';
import { TurnRun } from './run-turn.ts';

export type { OpenaiSettings } from './openai-settings.ts';

/**
 * An agent from any server with OpenAI's Chat Completions: Ollama, llama.cpp, vLLM, LiteLLM, a cloud. The conversation is
 * kept whole, as JSON; between turns nothing else is in memory.
 * @throws TypeError for settings that cannot work; see `endpointOf`.
 */
export function openaiAdapter(settings: OpenaiSettings): Adapter {
  const client = new ModelClient(settings);
  const { name, tools, images } = settings;
  return {
    kind: 'openai',
    agent: { name },
    capabilities: { snapshots: true, permissions: tools.length > 0, files: true, images, context: true },
    runTurn: (turn) => new TurnRun(client, settings, turn).run(),
    contextOf: (conversation) => contextFigures(readConversation(conversation), settings),
  };
}
