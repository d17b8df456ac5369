import { languageFor } from '../../../shared/delivery/language.ts';
import { type MatrixChatDeps, sayInMatrix } from '../../../shared/delivery/matrix-chat.ts';
import { opId } from '../../../shared/ids/ids.ts';
import type { LaneItem, Send } from '../../../shared/lane/lane.ts';
import { NotYet } from '../../../shared/lane/not-yet.ts';
import type { MessageItem, WorkItem } from '../../../shared/matrix/work-item.ts';
import { findFlood, putFlood } from '../../../shared/store/floods.ts';
import { findPerson } from '../../../shared/store/people.ts';
import { say } from '../../../shared/texts/say.ts';
import type { CommandDeps } from '../run-command.ts';

/** So often the notice of a flood is edited: what comes meanwhile is counted together. */
const EDIT_EVERY_MS = 2_000;

/**
 * A message that was not taken, because too many of its person's wait. The first one is told by a notice, which is edited
 * as more come: its count includes all that are in the lane by then, so that those find that they were told.
 * @throws NotYet where the notice was edited just now.
 */
export async function refusedInFlood(
  { lane, seq }: LaneItem<WorkItem>,
  message: MessageItem,
  { database, signal, ...chat }: MatrixChatDeps & Pick<CommandDeps, 'database' | 'signal'>,
): Promise<Send[]> {
  const { refused, notice } = await findFlood(database, lane);
  if (notice && notice.said >= seq) return [];
  if (notice && notice.ageMs < EDIT_EVERY_MS) throw new NotYet(EDIT_EVERY_MS - notice.ageMs, 'told just now');
  const { sender: person } = message;
  const speaks = (await findPerson(database, person)) ?? { language: 'auto', writes: null };
  const text = say(languageFor(speaks, message.text), 'queue_full', { count: refused });
  const { roomId, cause } = notice ?? { roomId: message.room, cause: message.event };
  const op = opId('flood', lane);
  const utterance = {
    chat: roomId,
    say: { type: 'saying', op, kind: 'notice', text, inResponseTo: cause, code: 'queue_full' },
    ...(notice && { replaces: notice.eventId, key: `refused ${refused}` }),
  } as const;
  const said = await sayInMatrix(utterance, { ageMs: 0, signal }, chat);
  // A first notice may be that of a worker who died over it, which counted fewer: it is sure to tell of this message alone.
  const told = notice ? refused : seq;
  await putFlood(database, { lane, person, roomId, cause, eventId: notice?.eventId ?? said, said: told });
  return [];
}
