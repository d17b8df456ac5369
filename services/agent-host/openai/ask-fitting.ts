import { inSpan } from '../../../shared/runtime/tracing.ts';
import type { AgentTurn } from '../adapter.ts';
import type { Tool } from '../tools/tool.ts';
import type { Completion } from './completions/completion.ts';
import type { Hearing, ModelClient } from './completions/model-client.ts';
import { chatMessages } from './conversation/chat-messages.ts';
import { ownCount } from './conversation/context-size.ts';
import type { Conversation, PastTurn } from './conversation/conversation.ts';
import { cannotFit, dropOldest, type Fitted, fitWindow } from './conversation/fit-window.ts';
import { measureConversation } from './conversation/measure-conversation.ts';
import { summarizeTurns } from './conversation/summarize-turns.ts';
import { ModelError } from './http/model-error.ts';
import type { OpenaiSettings } from './openai-settings.ts';
import type { TokenCounter } from './tokens/token-counter.ts';
import { toolDefinitions } from './tool-calls/tool-definitions.ts';

/** A server that refuses a prompt as too long does not say how much would fit: so much of it is tried next. */
const SHRINK = 0.7;

/** What answers of one turn are asked for with. */
export type Asking = {
  readonly client: ModelClient;
  readonly settings: OpenaiSettings;
  readonly tools: readonly Tool[];
  readonly counter: TokenCounter;
};

export type Asked = {
  readonly completion: Completion;
  /** The conversation as the model saw it: oldest turns may have been left out. */
  readonly conversation: Conversation;
};

/**
 * Asks the model for the next answer in a conversation, and makes room until it fits.
 * @throws ModelError, `overflow` where the newest turn alone does not fit; the signal's reason.
 */
export async function askFitting(
  { client, settings, tools, counter }: Asking,
  turn: Pick<AgentTurn, 'workspace' | 'emit'>,
  given: Conversation,
  number: number,
  hearing: Hearing,
  signal: AbortSignal,
): Promise<Asked> {
  const leaveOut = async ({ conversation, dropped }: Fitted): Promise<Conversation> => {
    if (dropped.length === 0) return conversation;
    const many = dropped.length === 1 ? 'oldest turn no longer fits' : `${dropped.length} oldest turns no longer fit`;
    turn.emit({ type: 'notice', severity: 'info', text: `The ${many} into the model’s context.` });
    const left_out = await replacement(conversation, dropped);
    return measureConversation({ ...conversation, left_out }, counter, signal);
  };
  const replacement = async (conversation: Conversation, dropped: readonly PastTurn[]) => ({
    turns: (conversation.left_out?.turns ?? 0) + dropped.length,
    summary: settings.summarize ? await summarizeTurns(client, settings, conversation, dropped, hearing, signal) : null,
  });

  let conversation = await leaveOut(fitWindow(await measureConversation(given, counter, signal), settings));
  for (;;) {
    if (conversation.turns.length === 1 && cannotFit(conversation, settings)) throw tooLong();
    const request = {
      messages: await chatMessages(conversation, settings, turn.workspace),
      tools: toolDefinitions(tools),
      maxTokens: settings.maxTokens,
      callPrefix: `call_${number}`,
    };
    try {
      const asked = () => client.ask(request, hearing, signal);
      const completion = await inSpan('model request', { model: settings.model, number }, asked);
      return { completion, conversation };
    } catch (error) {
      if (!(error instanceof ModelError) || error.kind !== 'overflow') throw error;
      if (conversation.turns.length === 1) throw tooLong();
      const fitted = dropOldest(conversation, settings, ownCount(conversation, settings) * SHRINK);
      conversation = await leaveOut(fitted);
    }
  }
}

function tooLong(): ModelError {
  return new ModelError('overflow', 'this message, with what belongs to it, does not fit into the model’s context');
}
