import { spokenBy } from '../../shared/delivery/language.ts';
import { lastMessage } from '../../shared/delivery/last-message.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import type { MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import type { Database } from '../../shared/store/postgres.ts';
import { say } from '../../shared/texts/say.ts';

/**
 * The message that an item is about: itself, or for `!retry` the person's last one before it, asked again under the
 * command's own event. Null: nothing for an agent. With nothing to ask again, what is said instead.
 */
export async function messageOf(
  item: LaneItem<WorkItem>,
  work: WorkItem,
  { database }: { readonly database: Database },
): Promise<MessageItem | { readonly sends: Send[] } | null> {
  if (work.type === 'message') return work;
  if (work.type !== 'command' || work.name !== 'retry') return null;
  const last = await lastMessage(database, item.lane, item.seq, work.sender);
  if (last) {
    const { editOf: _edit, ...message } = last;
    return { ...message, event: work.event, receivedTs: work.receivedTs, ...(work.thread && { thread: work.thread }) };
  }
  const language = await spokenBy(work.sender, database);
  return { sends: toSends([saying('command', work, say(language, 'retry_nothing'), 'nothing_waiting')]) };
}
