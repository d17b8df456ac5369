import { lastMessage } from '../../shared/delivery/last-message.ts';
import type { EventId } from '../../shared/ids/ids.ts';
import type { LaneItem } from '../../shared/lane/lane.ts';
import type { MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import type { Database } from '../../shared/store/postgres.ts';

/** `again`: the message that is asked again by a command, whose event is that of `message`. */
export type TurnMessage = { readonly message: MessageItem; readonly again?: EventId };

/**
 * The message that an item is about: itself, or for a `!retry` that the command worker handed over the person's last one
 * before it, asked again under the command's own event. Null: nothing for an agent, or no longer.
 */
export async function messageOf(
  item: LaneItem<WorkItem>,
  work: WorkItem,
  { database }: { readonly database: Database },
): Promise<TurnMessage | null> {
  if (work.type === 'message') return { message: work };
  if (work.type !== 'command' || work.name !== 'retry') return null;
  const last = await lastMessage(database, item.lane, item.seq, work.sender);
  if (last === null) return null;
  const { editOf: _edit, ...message } = last;
  const here = { event: work.event, receivedTs: work.receivedTs, ...(work.thread && { thread: work.thread }) };
  return { message: { ...message, ...here }, again: last.event };
}
