import type { OpenaiSettings } from '../openai-settings.ts';
import { toolDefinitions } from '../tool-calls/tool-definitions.ts';
import type { Conversation, PastTurn } from './conversation.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { leftOutNote } from './left-out.ts';

/** Role and separators of one message. */
const TOKENS_PER_MESSAGE = 4;
/** Of one picture; models differ between 85 and some thousand. */
const TOKENS_PER_IMAGE = 1_000;

type Parts = Pick<OpenaiSettings, 'systemPrompt' | 'tools' | 'images' | 'contextTokens'>;
type Size = { readonly system: number; readonly conversation: number; readonly results: number };

/** Tokens of one turn, estimated. */
export function turnSize({ input, steps }: PastTurn, images: boolean): { conversation: number; results: number } {
  let conversation = TOKENS_PER_MESSAGE;
  let results = 0;
  for (const block of input) {
    if (block.type === 'image' && images) conversation += TOKENS_PER_IMAGE;
    conversation += estimateTokens(block.type === 'text' ? block.text : block.path);
  }
  for (const { text, calls, thought } of steps) {
    conversation += TOKENS_PER_MESSAGE + estimateTokens(text) + estimateTokens(thought?.text ?? '');
    for (const call of calls) {
      conversation += TOKENS_PER_MESSAGE + estimateTokens(call.name) + estimateTokens(call.arguments);
      results += TOKENS_PER_MESSAGE + estimateTokens(call.result);
    }
  }
  return { conversation, results };
}

/** Tokens of what stands before the first turn, estimated. */
export function headSize({ left_out }: Conversation, { systemPrompt, tools }: Parts): { system: number; note: number } {
  const definitions = tools.length > 0 ? JSON.stringify(toolDefinitions(tools)) : '';
  const system = estimateTokens(systemPrompt ?? '') + estimateTokens(definitions);
  return {
    system: system + TOKENS_PER_MESSAGE,
    note: left_out ? estimateTokens(leftOutNote(left_out)) + 2 * TOKENS_PER_MESSAGE : 0,
  };
}

function sizeOf(conversation: Conversation, parts: Parts): Size {
  const head = headSize(conversation, parts);
  const sum = { system: head.system, conversation: head.note, results: 0 };
  for (const turn of conversation.turns) {
    const size = turnSize(turn, parts.images);
    sum.conversation += size.conversation;
    sum.results += size.results;
  }
  return sum;
}

/** Tokens of a conversation, by the estimate alone. */
export function estimateOf(conversation: Conversation, parts: Parts): number {
  const { system, conversation: said, results } = sizeOf(conversation, parts);
  return system + said + results;
}

/**
 * The tokens that an estimate probably is. The server's last count is taken as it is; what was said or left out since is
 * estimated, by the rate that the count gives.
 */
export function tokensOf({ measured }: Conversation, estimate: number): number {
  if (!measured) return estimate;
  return Math.max(0, Math.round(measured.tokens + (estimate - measured.estimate) * rateOf(measured)));
}

/** The other way round: the estimate of what fills so many tokens. */
export function estimateFor({ measured }: Conversation, tokens: number): number {
  return measured ? measured.estimate + (tokens - measured.tokens) / rateOf(measured) : tokens;
}

/** In a short conversation a count says more of the chat template than of the text. */
function rateOf({ tokens, estimate }: NonNullable<Conversation['measured']>): number {
  return Math.min(2, Math.max(1 / 3, tokens / Math.max(1, estimate)));
}

/** The figures of `context.get`: exact in sum where nothing was said since the server counted. */
export function contextFigures(conversation: Conversation, parts: Parts) {
  const size = sizeOf(conversation, parts);
  const estimate = size.system + size.conversation + size.results;
  const used = tokensOf(conversation, estimate);
  const share = (part: number) => Math.min(used, Math.round((part * used) / Math.max(1, estimate)));
  const system = share(size.system);
  const results = Math.min(used - system, share(size.results));
  return {
    context: { used, ...(parts.contextTokens ? { size: parts.contextTokens } : {}) },
    categories: [
      { name: 'system prompt and tools (estimate)', tokens: system },
      { name: 'conversation (estimate)', tokens: used - system - results },
      { name: 'tool results (estimate)', tokens: results },
    ],
  };
}
