import { roomLink } from '../../../shared/delivery/links.ts';
import { asRoomId } from '../../../shared/ids/ids.ts';
import { chatsOf, findRoom } from '../../../shared/store/rooms.ts';
import { say } from '../../../shared/texts/say.ts';
import { contextUses } from '../agent/context-uses.ts';
import type { Command } from '../command.ts';
import { listed, roomName } from '../rooms/listed.ts';
import { inviteAgain } from '../rooms/room-life.ts';

/** `!rooms`: a person's conversations; the next bare number links to one. */
export const roomsCommand: Command = {
  name: 'rooms',
  where: 'anywhere',
  async run(call, parts) {
    const { person, language } = call;
    const rooms = await chatsOf(parts.database, person);
    if (rooms.length === 0) return { text: say(language, 'rooms_none') };
    const uses = await contextUses(
      rooms.filter(({ state }) => state === 'active'),
      parts,
    );
    const text = listed('rooms_list', rooms, call, (room) => {
      const use = uses.get(room.roomId);
      const share = use === undefined ? [] : [say(language, 'room_context', { percent: use })];
      return room.state === 'archived' ? [say(language, 'room_archived')] : share;
    });
    const entries = rooms.map((room) => ({ id: room.roomId, name: roomName(room, language) }));
    return { text: `${text}\n\n${say(language, 'rooms_hint')}`, list: { kind: 'rooms', entries } };
  },
  async picked({ person, language }, { id, name }, parts) {
    const room = await findRoom(parts.database, asRoomId(id));
    if (!room || room.owner !== person) return { text: say(language, 'list_closed') };
    // Who left it comes back by an invitation; who is in it is not bothered.
    await inviteAgain(room, parts);
    return { text: say(language, 'room_link', { room: room.name ?? name, room_link: roomLink(room.roomId, person) }) };
  },
};
