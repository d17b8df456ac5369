import { estimateTokens } from '../tokens/estimate-tokens.ts';
import type { PastTurn } from './conversation.ts';

/** Role and separators of one message. */
export const TOKENS_PER_MESSAGE = 4;

/** Tokens, pictures not counted. */
export type TurnSize = NonNullable<PastTurn['size']>;

/** What of a turn is one message or two, and stays as it is once it is there. */
export type TurnPart = { readonly key: object; readonly said: readonly string[]; readonly result?: string };

export function turnParts({ input, steps }: PastTurn): TurnPart[] {
  return [
    { key: input, said: input.map((block) => (block.type === 'text' ? block.text : block.path)) },
    ...steps.flatMap((step): TurnPart[] => [
      { key: step, said: [step.text, step.thought?.text ?? ''] },
      ...step.calls.map((call) => ({ key: call, said: [call.name, call.arguments], result: call.result })),
    ]),
  ];
}

/** The size of a turn by the estimate. */
export function estimatedSize(turn: PastTurn): TurnSize {
  const size = { said: 0, results: 0 };
  for (const { said, result } of turnParts(turn)) {
    for (const text of said) size.said += estimateTokens(text);
    size.said += TOKENS_PER_MESSAGE;
    if (result !== undefined) size.results += TOKENS_PER_MESSAGE + estimateTokens(result);
  }
  return size;
}
