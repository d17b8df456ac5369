import { z } from '../../../shared/config/zod.ts';

const shape = z.object({
  remembered: z.array(z.string()),
  /** Characters of what the person and the agent said. */
  asked: z.number(),
  answered: z.number(),
});

/** What the demo agent knows of a conversation. */
export type Conversation = z.infer<typeof shape>;

const BEGINNING: Conversation = { remembered: [], asked: 0, answered: 0 };
/** The size that the demo agent says its context has, in tokens. */
const CONTEXT_TOKENS = 32_000;

export function readConversation(stored: unknown): Conversation {
  const parsed = shape.safeParse(stored);
  return parsed.success ? parsed.data : BEGINNING;
}

/** Figures of the right order: four characters to a token. */
export function contextOf(stored: unknown) {
  const { remembered, asked, answered } = readConversation(stored);
  const categories = [
    { name: 'messages', tokens: tokens(asked) },
    { name: 'answers', tokens: tokens(answered) },
    { name: 'remembered', tokens: tokens(remembered.join('').length) },
  ];
  const used = categories.reduce((sum, category) => sum + category.tokens, 0);
  return { context: { used: Math.min(used, CONTEXT_TOKENS), size: CONTEXT_TOKENS }, categories };
}

function tokens(characters: number): number {
  return Math.ceil(characters / 4);
}
