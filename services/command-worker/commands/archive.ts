import { say, sayPlain } from '../../../shared/texts/say.ts';
import type { Command } from '../command.ts';
import { archiveRoom } from '../rooms/room-life.ts';

/** `!archive`, after a yes: put away, kept whole. */
export const archiveCommand: Command = {
  name: 'archive',
  where: 'room',
  inArchived: 'confirmed',
  async run({ room, language }) {
    const name = room.name ?? sayPlain(language, 'this_room');
    const title = sayPlain(language, 'archive_title', { name });
    return { text: say(language, 'archive_question', { name }), confirm: { command: 'archive', title, argument: '' } };
  },
  async confirmed({ room, language }, parts) {
    await archiveRoom(room, parts);
    return { text: say(language, 'archive_done') };
  },
};
