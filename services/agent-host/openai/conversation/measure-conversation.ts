import { ESTIMATE, type TokenCounter } from '../tokens/token-counter.ts';
import type { Conversation, PastTurn } from './conversation.ts';
import { leftOutNote } from './left-out.ts';
import { TOKENS_PER_MESSAGE, type TurnPart, type TurnSize, turnParts } from './turn-size.ts';

/** Parts that were counted: of a turn that grows, only what is new is counted. */
const counted = new WeakMap<TokenCounter, WeakMap<object, TurnSize>>();

/**
 * The conversation with all sizes in it, so that what is made of them costs nothing. Turns that have one, by this counter, are
 * not looked at: a turn is counted once in its life.
 * @throws the signal's reason.
 */
export async function measureConversation(
  given: Conversation,
  counter: TokenCounter,
  signal?: AbortSignal,
): Promise<Conversation> {
  const conversation = countedBy(given) === counter.name ? given : withoutFigures(given);
  const turns: PastTurn[] = [];
  for (const turn of conversation.turns) {
    signal?.throwIfAborted();
    turns.push(turn.size ? turn : { ...turn, size: await measureTurn(turn, counter) });
  }
  const { left_out } = conversation;
  if (!left_out || left_out.tokens !== undefined) return { ...conversation, turns, counted_by: counter.name };
  const tokens = (await counter.count(leftOutNote(left_out))) + 2 * TOKENS_PER_MESSAGE;
  return { ...conversation, turns, left_out: { ...left_out, tokens }, counted_by: counter.name };
}

function countedBy({ counted_by }: Conversation): string {
  return counted_by ?? ESTIMATE.name;
}

/** For figures of another counter: they would be compared with those of this one. */
function withoutFigures({ measured, head_tokens, ...conversation }: Conversation): Conversation {
  const { left_out } = conversation;
  return {
    ...conversation,
    turns: conversation.turns.map(({ size, ...turn }) => turn),
    ...(left_out && { left_out: { turns: left_out.turns, summary: left_out.summary } }),
  };
}

/** Tokens of one turn, pictures not counted. */
export async function measureTurn(turn: PastTurn, counter: TokenCounter): Promise<TurnSize> {
  const known = counted.get(counter) ?? new WeakMap<object, TurnSize>();
  counted.set(counter, known);
  const whole = { said: 0, results: 0 };
  for (const part of turnParts(turn)) {
    const size = known.get(part.key) ?? (await partSize(counter, part));
    known.set(part.key, size);
    whole.said += size.said;
    whole.results += size.results;
  }
  return whole;
}

async function partSize({ count }: TokenCounter, { said, result }: TurnPart): Promise<TurnSize> {
  const size = { said: TOKENS_PER_MESSAGE, results: 0 };
  for (const text of said) size.said += await count(text);
  if (result !== undefined) size.results = TOKENS_PER_MESSAGE + (await count(result));
  return size;
}
