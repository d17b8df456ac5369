import { spokenBy } from '../../../shared/delivery/language.ts';
import { roomLink } from '../../../shared/delivery/links.ts';
import { saying, toSends } from '../../../shared/delivery/utterances.ts';
import { asRoomId, type RoomId } from '../../../shared/ids/ids.ts';
import type { Send } from '../../../shared/lane/lane.ts';
import type { ChangedItem } from '../../../shared/matrix/work-item.ts';
import { findRoom, recordName } from '../../../shared/store/rooms.ts';
import { checkName } from '../../../shared/texts/check-name.ts';
import { say } from '../../../shared/texts/say.ts';
import type { CommandParts } from '../command.ts';
import { followUpgrade } from '../rooms/follow-upgrade.ts';
import { roomName } from '../rooms/listed.ts';
import { replacedWithoutMe } from '../rooms/replaced-without-me.ts';
import { encryptedMessage } from './encrypted.ts';

/** Somebody changed a room in their client. */
export async function roomChanged(changed: ChangedItem, parts: CommandParts): Promise<Send[]> {
  switch (changed.what) {
    case 'encryption':
      return encryptedMessage(changed, parts);
    case 'name':
      return renamedByHand(changed, parts);
    case 'tombstone':
      return replaced(changed, parts);
  }
}

/** The name that a person gave in a client is the room's; ours is kept where they gave none. */
async function renamedByHand({ room, value = '' }: ChangedItem, { database }: CommandParts): Promise<Send[]> {
  const checked = checkName(value);
  if ('name' in checked) await recordName(database, room, checked.name, 'person');
  return [];
}

/** A room that is replaced by another one says where it goes on, where it can. */
async function replaced(changed: ChangedItem, parts: CommandParts): Promise<Send[]> {
  const { database } = parts;
  const successor = successorOf(changed);
  const room = successor && ((await findRoom(database, changed.room)) ?? (await findRoom(database, successor)));
  if (!successor || !room) return [];
  const followed = await followUpgrade(changed.room, successor, parts);
  const { owner } = room;
  if (followed === 'refused')
    return replacedWithoutMe({ room: changed.room, successor, owner, event: changed.event }, parts);
  if (followed === 'not_ours') return [];
  const language = await spokenBy(owner, database);
  const link = { room: roomName(room, language), room_link: roomLink(successor, parts.self) };
  return toSends([saying('notice', changed, say(language, 'room_moved', link))]);
}

function successorOf({ value }: ChangedItem): RoomId | null {
  try {
    return value === undefined ? null : asRoomId(value);
  } catch {
    return null;
  }
}
