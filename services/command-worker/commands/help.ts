import { commandNamed } from '../../../shared/matrix/command-placement.ts';
import { say } from '../../../shared/texts/say.ts';
import type { Command } from '../command.ts';

/** `!help [command]`, made from the commands that there are. */
export const helpCommand: Command = {
  name: 'help',
  where: 'anywhere',
  by: 'guests',
  inArchived: true,
  async run({ language, rest }, { commands }) {
    const asked = commandNamed(rest.replace(/^!\s*/, '').split(/\s+/)[0] ?? '');
    const one = commands.find(({ name }) => name === asked);
    if (one) {
      const example = say(language, `command_${one.name}_example`);
      const usage = say(language, `command_${one.name}_usage`);
      return { text: `\`${usage}\` ${say(language, `command_${one.name}_summary`)}\n\n\`${example}\`` };
    }
    const lines = commands.map(
      ({ name }) => `- \`${say(language, `command_${name}_usage`)}\` ${say(language, `command_${name}_summary`)}`,
    );
    return { text: `${say(language, 'help_intro')}\n\n${lines.join('\n')}` };
  },
};
