import type { Usage } from '../../shared/agent-protocol/content.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import type { Database } from '../../shared/store/postgres.ts';
import { recordSpent } from '../../shared/store/turn-spent.ts';

/** Records what a turn has used, for the limits of its person's day. An agent that does not tell costs no statement. */
export async function noteSpent(
  database: Database,
  { event, sender: person }: Pick<MessageItem, 'event' | 'sender'>,
  usage: Usage | undefined,
): Promise<void> {
  const tokens = (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0);
  const cost = usage?.cost?.amount ?? 0;
  if (tokens > 0 || cost > 0) await recordSpent(database, { event, person, tokens, cost });
}
