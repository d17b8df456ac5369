import { putState } from '../../../shared/matrix/rooms.ts';
import { recordName } from '../../../shared/store/rooms.ts';
import { checkName } from '../../../shared/texts/check-name.ts';
import { say } from '../../../shared/texts/say.ts';
import type { Command } from '../command.ts';

/** `!rename <name>` */
export const renameCommand: Command = {
  name: 'rename',
  where: 'room',
  needsArgument: true,
  async run({ rest, room, language }, { http, database }) {
    const checked = checkName(rest);
    if ('problem' in checked) return { text: say(language, checked.problem) };
    const { name } = checked;
    await putState(http, room.roomId, 'm.room.name', '', { name });
    await recordName(database, room.roomId, name, 'person');
    return { text: say(language, 'rename_done', { name }) };
  },
};
