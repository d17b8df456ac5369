import type { ErrorCode } from '../errors/codes.ts';
import { opId } from '../ids/ids.ts';
import type { Send } from '../lane/lane.ts';
import type { WorkItem } from '../matrix/work-item.ts';
import type { Utterance } from '../surface/port.ts';

/** A notice, or a command's reply, about what a person sent. One of a kind for each event and room it is said in. */
export function saying(
  kind: 'notice' | 'command',
  about: Pick<WorkItem, 'type' | 'room' | 'event'>,
  text: string,
  code?: ErrorCode,
): Utterance {
  const op = opId(kind, about.event, about.room);
  // An invitation reaches the bot without an id that the room knows; there is nothing that a client could point to.
  const inResponseTo = about.type === 'invite' ? {} : { inResponseTo: about.event };
  return { chat: about.room, say: { type: 'saying', op, kind, text, ...inResponseTo, ...(code ? { code } : {}) } };
}

/** Utterances as sends of the lane; the op of the send is that of the message's final text. */
export function toSends(utterances: readonly Utterance[]): Send[] {
  return utterances.map((utterance) => ({ op: `${utterance.say.op}.final`, body: utterance }));
}
