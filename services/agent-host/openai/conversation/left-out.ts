import type { Conversation } from './conversation.ts';

type LeftOut = NonNullable<Conversation['left_out']>;

/** What the model reads in the place of turns that no longer fit. */
export function leftOutNote({ summary }: LeftOut): string {
  return summary === null
    ? '(Earlier messages were left out, because they no longer fit.)'
    : `(Earlier messages were left out, because they no longer fit. A summary of them:)\n${summary}`;
}

/** The reply to it: many chat templates refuse two messages of the person in a row. */
export const LEFT_OUT_REPLY = 'Understood.';
