import { roomLink } from '../../../shared/delivery/links.ts';
import type { ListedRoom, Room } from '../../../shared/store/rooms.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { date } from '../../../shared/texts/formats.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import type { CommandCall } from '../command.ts';

export function roomName(room: Pick<Room, 'name'>, language: Language): string {
  return room.name ?? sayPlain(language, 'room_without_name');
}

/** Rooms as a numbered list under its heading: a link, when it was used last, and what else is known of each. */
export function listed(
  heading: 'rooms_list' | 'restore_list',
  rooms: readonly ListedRoom[],
  { language, person, about }: CommandCall,
  noteOf: (room: ListedRoom) => readonly string[] = () => [],
): string {
  const lines = rooms.map((room, index) => {
    const link = say(language, 'room_link', {
      room: roomName(room, language),
      room_link: roomLink(room.roomId, person),
    });
    const used = room.lastTurnAt
      ? say(language, 'room_used', { date: date(language, room.lastTurnAt) })
      : say(language, 'room_unused');
    const here = room.roomId === about.room ? [say(language, 'room_here')] : [];
    return `${index + 1}. ${[link, ...here, used, ...noteOf(room)].join(' · ')}`;
  });
  return `${say(language, heading)}\n\n${lines.join('\n')}`;
}
