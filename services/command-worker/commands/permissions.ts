import { allowancesOf, takeBackAllowances } from '../../../shared/store/allowances.ts';
import { say } from '../../../shared/texts/say.ts';
import type { Command } from '../command.ts';

/** `!permissions [reset]`: what the person has allowed the agent of this room for good. */
export const permissionsCommand: Command = {
  name: 'permissions',
  where: 'room',
  by: 'guests',
  async run({ room, person, rest, language }, { database }) {
    if (/^(reset|сброс|сбросить|отменить)$/i.test(rest)) {
      const count = await takeBackAllowances(database, room.roomId, person);
      return { text: count === 0 ? say(language, 'permissions_none') : say(language, 'permissions_reset', { count }) };
    }
    const allowed = await allowancesOf(database, room.roomId, person);
    if (allowed.length === 0) return { text: say(language, 'permissions_none') };
    const lines = allowed.map(({ title }) => `- ${say(language, 'permission_line', { title })}`);
    return {
      text: `${say(language, 'permissions_list')}\n\n${lines.join('\n')}\n\n${say(language, 'permissions_hint')}`,
    };
  },
};
