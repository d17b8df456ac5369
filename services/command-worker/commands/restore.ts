import { roomLink } from '../../../shared/delivery/links.ts';
import { chatsOf, type Room } from '../../../shared/store/rooms.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import type { Command, CommandCall, CommandParts, Reply } from '../command.ts';
import { pickByName } from '../pick-by-name.ts';
import { listed, roomName } from '../rooms/listed.ts';
import { restoreRoom } from '../rooms/room-life.ts';
import { oneRoomTooMany } from '../rooms/room-limit.ts';

/** `!restore [number or name]`: in an archived room without an argument, that room; elsewhere a list of what there is. */
export const restoreCommand: Command = {
  name: 'restore',
  where: 'anywhere',
  inArchived: true,
  async run(call, parts) {
    const { person, rest, room, language } = call;
    if (rest === '' && room?.kind === 'chat' && room.owner === person && room.state === 'archived')
      return restore(room, call, parts);
    const archived = (await chatsOf(parts.database, person)).filter(({ state }) => state === 'archived');
    if (archived.length === 0) return { text: say(language, 'restore_nothing'), code: 'nothing_waiting' };
    const entries = archived.map((each) => ({ id: each.roomId, name: roomName(each, language) }));
    if (rest === '') return { text: listed('restore_list', archived, call), list: { kind: 'restore', entries } };
    const entry = pickByName(entries, rest);
    const found = archived.find(({ roomId }) => roomId === entry?.id);
    if (found) return restore(found, call, parts);
    return {
      text: `${say(language, 'restore_unknown', { name: rest })}\n\n${listed('restore_list', archived, call)}`,
      list: { kind: 'restore', entries },
    };
  },
  async picked(call, entry, parts) {
    const room = (await chatsOf(parts.database, call.person)).find(({ roomId }) => roomId === entry.id);
    return room ? restore(room, call, parts) : { text: say(call.language, 'list_closed') };
  },
};

async function restore(room: Room, call: CommandCall, parts: CommandParts): Promise<Reply> {
  const tooMany = await oneRoomTooMany(call, ({ roomId }) => roomId === room.roomId, parts);
  if (tooMany) return tooMany;
  await restoreRoom(room, parts);
  const { language } = call;
  const name = room.name ?? sayPlain(language, 'this_room');
  return { text: say(language, 'restore_done', { room: name, room_link: roomLink(room.roomId, parts.self) }) };
}
