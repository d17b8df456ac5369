import { enqueue } from '../../shared/lane/enqueue.ts';
import type { LaneItem } from '../../shared/lane/lane.ts';
import type { MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import { giveFiles, waitingFiles } from '../../shared/store/files-in.ts';
import type { Database } from '../../shared/store/postgres.ts';

/**
 * What is left of a message that is not run: the files that were to go with it. Where everything was stopped, they are
 * dropped with it. Where it was taken back, they get an item of their own behind it, about the last of them.
 */
export async function filesLeft(
  { lane, position }: LaneItem<WorkItem>,
  work: WorkItem,
  { database, stopped }: { readonly database: Database; readonly stopped: boolean },
): Promise<void> {
  if (work.type !== 'message') return;
  const { room, sender, thread, event } = work;
  const files = await waitingFiles(database, { room, sender, position, ...(thread && { thread }) });
  if (stopped) {
    const events = files.map((file) => file.event);
    if (events.length > 0) await giveFiles(database, event, events);
    return;
  }
  const last = files.findLast(({ path }) => path !== null);
  if (!last) return;
  const { file: _file, replyTo: _replyTo, editOf: _editOf, ...rest } = work;
  const body: MessageItem = { ...rest, event: last.event, text: '', mentions: [] };
  // The release of this item finds it and wakes the lane for it.
  await enqueue(database.run, { key: `left ${event}`, lane, queue: 'turns', position, body });
}
