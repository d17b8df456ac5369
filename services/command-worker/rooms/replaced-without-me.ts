import { spokenBy } from '../../../shared/delivery/language.ts';
import { roomLink } from '../../../shared/delivery/links.ts';
import { toSends } from '../../../shared/delivery/utterances.ts';
import { type EventId, opId, type RoomId, type UserId } from '../../../shared/ids/ids.ts';
import type { Send } from '../../../shared/lane/lane.ts';
import { goneToTell } from '../../../shared/store/gone-rooms.ts';
import { markGone } from '../../../shared/store/reconciliation.ts';
import { roomToTellIn } from '../../../shared/store/rooms.ts';
import { say } from '../../../shared/texts/say.ts';
import type { CommandParts } from '../command.ts';
import { roomName } from './listed.ts';

/**
 * A room was replaced by one in which the bot may not go on: to it, the conversation is gone until it is let in there. Its
 * owner is told once, in another room of theirs, or in the old one where there is no other.
 */
export async function replacedWithoutMe(
  {
    room,
    successor,
    owner,
    event,
  }: { readonly room: RoomId; readonly successor: RoomId; readonly owner: UserId; readonly event: EventId },
  { database }: Pick<CommandParts, 'database'>,
): Promise<Send[]> {
  await markGone(database, [room]);
  const [gone] = await goneToTell(database, owner, event, room);
  if (!gone) return [];
  const chat = (await roomToTellIn(database, owner, room)) ?? room;
  const language = await spokenBy(owner, database);
  const values = { room: roomName(gone, language), room_link: roomLink(successor, owner) };
  const text = say(language, 'replaced_without_me', values);
  return toSends([{ chat, say: { type: 'saying', op: opId('replaced', event), kind: 'notice', text } }]);
}
