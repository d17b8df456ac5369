import { field, textField } from '../../../shared/config/json.ts';
import { adoptRoom } from '../../../shared/delivery/adopt-room.ts';
import { spokenBy } from '../../../shared/delivery/language.ts';
import { saying, toSends } from '../../../shared/delivery/utterances.ts';
import type { RoomId } from '../../../shared/ids/ids.ts';
import type { Send } from '../../../shared/lane/lane.ts';
import { linkChild, stateContent } from '../../../shared/matrix/rooms.ts';
import type { InviteItem } from '../../../shared/matrix/work-item.ts';
import { findPerson, putPerson } from '../../../shared/store/people.ts';
import { markBack } from '../../../shared/store/reconciliation.ts';
import { findRoom, type Room } from '../../../shared/store/rooms.ts';
import { say } from '../../../shared/texts/say.ts';
import type { CommandParts } from '../command.ts';
import { ensureSpace, spaceNameFor } from '../rooms/ensure-space.ts';
import { followUpgrade } from '../rooms/follow-upgrade.ts';
import { linkRooms } from '../rooms/link-rooms.ts';
import { powerText } from '../rooms/power-text.ts';
import { seeRoom } from '../rooms/see-room.ts';

type Deps = Pick<CommandParts, 'database' | 'http' | 'self' | 'log'>;

/**
 * An invitation into a room of ours that the bot was put out of, or into one that has taken the place of such a room: the
 * conversation goes on. Null where it is neither, so a DM. The bot has joined already.
 */
export async function comeBack(item: InviteItem, deps: Deps): Promise<Send[] | null> {
  const { database } = deps;
  const known = await findRoom(database, item.room);
  const ours = known && known.kind !== 'dm' ? known : await adoptRoom(item.room, deps);
  if (ours) return ours.kind === 'space' ? spaceIsBack(ours, deps) : chatIsBack(ours, item, deps);
  const before = await roomBefore(item.room, deps);
  if (!before) return null;
  const language = await spokenBy(before.owner, database);
  switch (await followUpgrade(before.roomId, item.room, deps)) {
    case 'followed':
      return toSends([saying('notice', item, say(language, 'back_in_room'))]);
    case 'refused': {
      const seen = await seeRoom(item.room, deps);
      return seen && seen.missing.length > 0
        ? toSends([saying('notice', item, powerText(seen, language, deps.self))])
        : [];
    }
    case 'not_ours':
      return null;
  }
}

async function chatIsBack(room: Room, item: InviteItem, deps: Deps): Promise<Send[]> {
  const { database, http, self } = deps;
  const { roomId, owner, state } = room;
  await markBack(database, [roomId]);
  const language = await spokenBy(owner, database);
  if (state === 'archived') return toSends([saying('notice', item, say(language, 'archived'), 'archived')]);
  const space = await ensureSpace(owner, { name: await spaceNameFor(owner, language, http), language }, deps);
  await linkChild(http, space.roomId, roomId, self);
  return toSends([saying('notice', item, say(language, 'back_in_room'))]);
}

/** Somebody who has another one by now keeps that; the next comparison leaves one of them. */
async function spaceIsBack({ roomId, owner, state }: Room, deps: Deps): Promise<Send[]> {
  const { database } = deps;
  await markBack(database, [roomId]);
  const person = await findPerson(database, owner);
  if (state === 'archived' || (person?.spaceId && person.spaceId !== roomId)) return [];
  await linkRooms(owner, roomId, deps);
  await putPerson(database, { userId: owner, spaceId: roomId });
  return [];
}

/** Both must name the other: what a room says of its past, anybody could have written. */
async function roomBefore(room: RoomId, { database, http }: Deps): Promise<Room | null> {
  const create = await stateContent(http, room, 'm.room.create', '');
  const named = textField(field(create, 'predecessor'), 'room_id');
  const before = named === undefined ? null : await findRoom(database, named as RoomId);
  if (!before || before.kind === 'dm') return null;
  const tombstone = await stateContent(http, before.roomId, 'm.room.tombstone', '');
  return textField(tombstone, 'replacement_room') === room ? before : null;
}
