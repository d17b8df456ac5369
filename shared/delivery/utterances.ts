import type { ErrorCode } from '../errors/codes.ts';
import { opId } from '../ids/ids.ts';
import type { Send } from '../lane/lane.ts';
import type { WorkItem } from '../matrix/work-item.ts';
import type { Utterance } from '../surface/port.ts';

/** A notice, or a command's reply, about what a person sent. One of a kind for each event and room it is said in. */
export function saying(
  kind: 'notice' | 'command',
  about: Pick<WorkItem, 'type' | 'room' | 'event' | 'thread'>,
  text: string,
  code?: ErrorCode,
): Utterance {
  const op = opId(kind, about.event, about.room);
  return { chat: about.room, say: { type: 'saying', op, kind, text, ...placeOf(about), ...(code ? { code } : {}) } };
}

/** What a message about an event points to, and the thread that it goes into. */
export function placeOf(about: Pick<WorkItem, 'type' | 'event' | 'thread'>) {
  // An invitation reaches the bot without an id that the room knows; there is nothing that a client could point to.
  if (about.type === 'invite') return {};
  return { inResponseTo: about.event, ...(about.thread === undefined ? {} : { thread: about.thread }) };
}

/** Utterances as sends of the lane; the op of the send is that of the message, and of what is said in it. */
export function toSends(utterances: readonly Utterance[]): Send[] {
  return utterances.map((utterance) => ({ op: `${utterance.say.op}.${utterance.key ?? 'final'}`, body: utterance }));
}
