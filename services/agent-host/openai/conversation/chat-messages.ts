import type { ThoughtField } from '../completions/chat-chunk.ts';
import type { OpenaiSettings } from '../openai-settings.ts';
import type { Conversation, PastTurn, Step } from './conversation.ts';
import { imageParts } from './image-parts.ts';
import { LEFT_OUT_REPLY, leftOutNote } from './left-out.ts';
import { type ContentPart, userContent } from './user-content.ts';

type ToolCallMessage = {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
};

/** A message as the API wants it. */
export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly ContentPart[] }
  | ({
      readonly role: 'assistant';
      readonly content: string | null;
      readonly tool_calls?: readonly ToolCallMessage[];
    } & {
      readonly [field in ThoughtField]?: string;
    })
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

/** The whole conversation for the model. Pictures are read from the workspace, if they are still there. */
export async function chatMessages(
  conversation: Conversation,
  { systemPrompt, images }: Pick<OpenaiSettings, 'systemPrompt' | 'images'>,
  workspace: string,
): Promise<ChatMessage[]> {
  const { turns, left_out } = conversation;
  const pictures = images ? await imageParts(turns, workspace) : new Map();
  const messages: ChatMessage[] = [];
  if (systemPrompt) messages.push({ role: 'system', content: systemPrompt });
  if (left_out) {
    messages.push({ role: 'user', content: leftOutNote(left_out) });
    messages.push({ role: 'assistant', content: LEFT_OUT_REPLY });
  }
  for (const turn of turns) {
    messages.push({ role: 'user', content: userContent(turn.input, pictures) });
    messages.push(...answerMessages(turn));
  }
  return messages;
}

function answerMessages({ steps }: PastTurn): ChatMessage[] {
  return steps.flatMap((step): ChatMessage[] => {
    if (step.calls.length === 0) return [{ role: 'assistant', content: spoken(step) }];
    const tool_calls = step.calls.map(({ id, name, arguments: given }) => ({
      id,
      type: 'function' as const,
      function: { name, arguments: given },
    }));
    const thought = step.thought ? { [step.thought.field]: step.thought.text } : {};
    return [
      { role: 'assistant', content: step.text || null, tool_calls, ...thought },
      ...step.calls.map(({ id, result }) => ({ role: 'tool' as const, tool_call_id: id, content: result })),
    ];
  });
}

/** Never empty: some servers refuse an empty message. */
function spoken({ text, interrupted }: Step): string {
  if (interrupted) return text ? `${text}\n\n[This answer was interrupted here.]` : '[The answer was interrupted.]';
  return text || '[No answer.]';
}
