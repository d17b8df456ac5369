import { chatsOf, type ListedRoom } from '../../../shared/store/rooms.ts';
import { say } from '../../../shared/texts/say.ts';
import type { CommandCall, CommandParts, Reply } from '../command.ts';

/** Told instead of giving somebody a room more than they may have. `isIt`: the room in question, which may be there already. */
export async function oneRoomTooMany(
  { person, language }: Pick<CommandCall, 'person' | 'language'>,
  isIt: (room: ListedRoom) => boolean,
  { database, limits }: Pick<CommandParts, 'database' | 'limits'>,
): Promise<Reply | null> {
  const others = (await chatsOf(database, person)).filter((room) => room.state === 'active' && !isIt(room));
  if (others.length < limits.rooms) return null;
  return { text: say(language, 'too_many_rooms', { count: limits.rooms }), code: 'too_many_rooms' };
}
