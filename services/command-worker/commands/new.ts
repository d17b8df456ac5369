import { roomLink } from '../../../shared/delivery/links.ts';
import { opId } from '../../../shared/ids/ids.ts';
import { invite, linkChild } from '../../../shared/matrix/rooms.ts';
import { checkName } from '../../../shared/texts/check-name.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import { agentName } from '../agent-name.ts';
import type { Command } from '../command.ts';
import { ensureRoom } from '../rooms/ensure-room.ts';
import { ensureSpace, nameOf } from '../rooms/ensure-space.ts';
import { oneRoomTooMany } from '../rooms/room-limit.ts';

/** `!new [name]`: a room with a session of its own. It runs in the person's lane, where rooms are made one by one. */
export const newCommand: Command = {
  name: 'new',
  where: 'anywhere',
  async run(call, parts) {
    const { about, rest, person, language } = call;
    const { http, self, agent } = parts;
    const op = opId('new', about.event);
    const tooMany = await oneRoomTooMany(call, (room) => room.op === op, parts);
    if (tooMany) return tooMany;
    const checked = rest === '' ? { name: sayPlain(language, 'new_room_name') } : checkName(rest);
    if ('problem' in checked) return { text: say(language, checked.problem) };
    const { name } = checked;

    const spaceName = sayPlain(language, 'space_name', { person: await nameOf(http, person) });
    const space = await ensureSpace(person, { name: spaceName, language }, parts);
    const topic = sayPlain(language, 'room_topic', { agent: agentName(agent) });
    const named = rest === '' ? {} : { namedBy: 'person' as const };
    const room = await ensureRoom(
      { op, kind: 'chat', owner: person, name, topic, parent: space.roomId, ...named },
      parts,
    );
    await linkChild(http, space.roomId, room.roomId, self);
    if (!room.made) await invite(http, room.roomId, person);
    const hello = {
      chat: room.roomId,
      say: { type: 'saying', op: opId('hello', room.roomId), kind: 'notice', text: say(language, 'new_room_hello') },
    } as const;
    return { text: say(language, 'new_done', { room: name, room_link: roomLink(room.roomId, self) }), more: [hello] };
  },
};
