import type { OpenaiSettings } from '../openai-settings.ts';
import { headSize, ownCount, ownCountFor, turnSize } from './context-size.ts';
import type { Conversation, PastTurn } from './conversation.ts';

type Parts = Pick<OpenaiSettings, 'images' | 'contextTokens' | 'maxTokens'>;
export type Fitted = { readonly conversation: Conversation; readonly dropped: readonly PastTurn[] };

/** A window of which nothing is known still ends somewhere, and so does the memory for a history. In tokens. */
const UNKNOWN_WINDOW = 1_000_000;
/** What an answer of no known length is given. */
const ANSWER_TOKENS = 1_024;
/** More is left out than has to be, so that not every turn leaves something out again. */
const MARGIN = 0.75;
/** Our own count may be wrong by this much, so only beyond it the server is not even asked. */
const CERTAINLY = 2;

/** Without its oldest turns, if all of it is probably more than the window takes. The newest turn always stays. */
export function fitWindow(conversation: Conversation, parts: Parts): Fitted {
  const window = parts.contextTokens ?? UNKNOWN_WINDOW;
  const room = window - Math.min(parts.maxTokens ?? ANSWER_TOKENS, window / 2);
  if (ownCount(conversation, parts) <= ownCountFor(conversation, room)) return { conversation, dropped: [] };
  return dropOldest(conversation, parts, ownCountFor(conversation, room * MARGIN));
}

/** Without its oldest turns, down to `limit` tokens of our own count. The newest turn always stays. */
export function dropOldest(conversation: Conversation, parts: Parts, limit: number): Fitted {
  const { turns } = conversation;
  const head = headSize(conversation);
  const sizes = turns.map((turn) => turnSize(turn, parts.images)).map((size) => size.said + size.results);
  let total = sizes.reduce((sum, size) => sum + size, head.system + head.note);
  let count = 0;
  while (total > limit && count < turns.length - 1) total -= sizes[count++]!;
  return { conversation: { ...conversation, turns: turns.slice(count) }, dropped: turns.slice(0, count) };
}

/** Too much for a known window, however wrong our own count is: some servers cut such a prompt without a word. */
export function cannotFit(conversation: Conversation, parts: Parts): boolean {
  return parts.contextTokens !== undefined && ownCount(conversation, parts) > CERTAINLY * parts.contextTokens;
}
