import { isAllowed } from '../../../shared/delivery/allow.ts';
import { whyNot } from '../../../shared/delivery/file-failures.ts';
import { languageFor } from '../../../shared/delivery/language.ts';
import { saying } from '../../../shared/delivery/utterances.ts';
import type { LaneItem } from '../../../shared/lane/lane.ts';
import type { RunContext } from '../../../shared/lane/run-lane.ts';
import type { WorkItem } from '../../../shared/matrix/work-item.ts';
import { findFileIn, recordFileIn } from '../../../shared/store/files-in.ts';
import type { ChatRoom } from '../../../shared/store/rooms.ts';
import { type Circumstances, commandContext } from '../../../shared/store/turn-context.ts';
import type { AttachmentDeps } from '../attachment-deps.ts';
import type { FileMessage } from './file-message.ts';
import { isFollowed } from './gather.ts';
import { takeIn } from './take-in.ts';

/**
 * Brings the file of a message into its room's workspace, once, and records what became of it.
 * @returns `followed`: what comes next in the lane takes it along; `alone`: it is time for its turn, or for none.
 */
export async function fetchForTurn(
  item: LaneItem<WorkItem>,
  message: FileMessage,
  context: RunContext,
  deps: AttachmentDeps,
): Promise<'followed' | 'alone'> {
  const { database, limits, typing } = deps;
  const { room, sender } = message;
  const known = await commandContext(database, { room, sender, position: 0 });
  const circumstances = known.room ? known : { ...known, room: await deps.adopt(room) };
  const chat = roomFor(message, circumstances, deps);
  // Why not is the turn's to say, as of any message.
  if (chat === null) return 'alone';
  typing(room, true);
  try {
    if (!(await findFileIn(database, message.event))) {
      const taken = await takeIn(item, message, chat, context, deps);
      if (taken === null) return 'alone';
      const { limit, ...file } = taken;
      const { failure: code, name } = file;
      if (code !== null) {
        const language = languageFor(circumstances.speaks, message.text);
        const text = whyNot(code, 'in', { name, language, ...(limit === undefined ? {} : { limit }) });
        await deps.say(saying('notice', message, text, code), context.lost);
      }
      const { position } = item;
      const place = { room, sender, position, workspace: chat.sessionId };
      await recordFileIn(database, { ...file, ...place, ...(message.thread && { thread: message.thread }) });
    }
    const followed = await isFollowed(item, message, { database, waitMs: limits.gatherMs, signal: context.signal });
    return followed ? 'followed' : 'alone';
  } finally {
    typing(room, false);
  }
}

/** The conversation that a person's file goes to; null where they may not ask the agent. */
function roomFor(
  { sender }: FileMessage,
  { room, guests, blocked }: Circumstances,
  { allow }: Pick<AttachmentDeps, 'allow'>,
): ChatRoom | null {
  if (room?.kind !== 'chat' || room.state !== 'active' || room.sessionId === null) return null;
  if (blocked || !isAllowed(sender, allow)) return null;
  return room.owner === sender || guests.includes(sender) ? { ...room, sessionId: room.sessionId } : null;
}
