import { workOf } from '../../shared/delivery/work.ts';
import { HandOver } from '../../shared/lane/hand-over.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import type { AttachmentDeps } from './attachment-deps.ts';
import { fetchForTurn } from './in/fetch-for-turn.ts';
import { sendOut } from './out/send-out.ts';

/**
 * One item of the `attachments` queue: a file that goes out, or a message whose file has to be there before its turn.
 * @throws HandOver where the message's file lies in the workspace, or never will: the rest is a turn's.
 */
export async function runItem(item: LaneItem<WorkItem>, context: RunContext, deps: AttachmentDeps): Promise<Send[]> {
  const work = workOf(item);
  if (work.type === 'upload') {
    await sendOut(work.op, context, deps);
    return [];
  }
  // What an edit has made of it is for those whom it concerns then.
  if (work.type !== 'message') throw new HandOver('commands', { anew: true });
  const { file } = work;
  const isOver = context.stopped || context.withdrawn;
  if (file && !isOver && (await fetchForTurn(item, { ...work, file }, context, deps)) === 'followed') return [];
  throw new HandOver('turns', { anew: true });
}
