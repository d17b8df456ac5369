import type { ContextUsage } from '../../../../shared/agent-protocol/content.ts';
import type { OpenaiSettings } from '../openai-settings.ts';
import { estimateTokens } from '../tokens/estimate-tokens.ts';
import type { Conversation, PastTurn } from './conversation.ts';
import { leftOutNote } from './left-out.ts';
import { estimatedSize, TOKENS_PER_MESSAGE, type TurnSize } from './turn-size.ts';

/** Of one picture; models differ between 85 and some thousand. */
const TOKENS_PER_IMAGE = 1_000;

type Parts = Pick<OpenaiSettings, 'images' | 'contextTokens'>;
type Size = { readonly system: number; readonly conversation: number; readonly results: number };

/** Tokens of one turn: as they were counted, or estimated. */
export function turnSize(turn: PastTurn, images: boolean): TurnSize {
  const { said, results } = turn.size ?? estimatedSize(turn);
  const pictures = images ? turn.input.filter(({ type }) => type === 'image').length : 0;
  return { said: said + pictures * TOKENS_PER_IMAGE, results };
}

/** Tokens of what stands before the first turn: as they were counted, or estimated. */
export function headSize({ head_tokens, left_out }: Conversation): { system: number; note: number } {
  const note = left_out && (left_out.tokens ?? estimateTokens(leftOutNote(left_out)) + 2 * TOKENS_PER_MESSAGE);
  return { system: (head_tokens ?? 0) + TOKENS_PER_MESSAGE, note: note ?? 0 };
}

function sizeOf(conversation: Conversation, images: boolean): Size {
  const head = headSize(conversation);
  const sum = { system: head.system, conversation: head.note, results: 0 };
  for (const turn of conversation.turns) {
    const size = turnSize(turn, images);
    sum.conversation += size.said;
    sum.results += size.results;
  }
  return sum;
}

/** Tokens of a conversation as we count them; the server counts differently. */
export function ownCount(conversation: Conversation, { images }: Pick<Parts, 'images'>): number {
  const { system, conversation: said, results } = sizeOf(conversation, images);
  return system + said + results;
}

/**
 * The tokens that our own count probably is. The server's last count is taken as it is; what was said or left out since is ours,
 * by the rate that the two have to each other.
 */
export function tokensOf({ measured }: Conversation, own: number): number {
  if (!measured) return own;
  return Math.max(0, Math.round(measured.tokens + (own - measured.estimate) * rateOf(measured)));
}

/** The other way round: our own count of what fills so many tokens. */
export function ownCountFor({ measured }: Conversation, tokens: number): number {
  return measured ? measured.estimate + (tokens - measured.tokens) / rateOf(measured) : tokens;
}

/** In a short conversation a count says more of the chat template than of the text. */
function rateOf({ tokens, estimate }: NonNullable<Conversation['measured']>): number {
  return Math.min(2, Math.max(1 / 3, tokens / Math.max(1, estimate)));
}

export type ContextFigures = {
  readonly context: ContextUsage;
  readonly categories: { name: string; tokens: number }[];
  /** `used` is not, or not all, the server's own count. What it is made of never is: servers count the whole. */
  readonly estimated: boolean;
};

/** The figures of `context.get`: exact in sum where nothing was said since the server counted. */
export function contextFigures(conversation: Conversation, { contextTokens, images }: Parts): ContextFigures {
  const size = sizeOf(conversation, images);
  const own = size.system + size.conversation + size.results;
  const used = tokensOf(conversation, own);
  const share = (part: number) => Math.min(used, Math.round((part * used) / Math.max(1, own)));
  const system = share(size.system);
  const results = Math.min(used - system, share(size.results));
  return {
    context: { used, ...(contextTokens ? { size: contextTokens } : {}) },
    categories: [
      { name: 'system prompt and tools (estimate)', tokens: system },
      { name: 'conversation (estimate)', tokens: used - system - results },
      { name: 'tool results (estimate)', tokens: results },
    ],
    estimated: conversation.measured?.estimate !== own,
  };
}
