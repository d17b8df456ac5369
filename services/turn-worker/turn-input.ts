import type { InputBlock } from '../../shared/agent-protocol/content.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import { withoutAddress } from './addressed.ts';
import { type Quoted, withQuote } from './quoted.ts';

/** What the agent is given of a message. It has to be the same for every worker that runs the turn: its id is bound to it. */
export function turnInput(message: MessageItem, quoted: Quoted | null, names: readonly string[]): InputBlock[] {
  return [{ type: 'text', text: withQuote(withoutAddress(message.text, names), quoted) }];
}
