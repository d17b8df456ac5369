import type { Command } from '../../services/command-worker/command.ts';
import { COMMAND_LIST } from '../../services/command-worker/command-list.ts';
import { COMMANDS, type Placement } from '../../shared/matrix/command-placement.ts';
import { say } from '../../shared/texts/say.ts';
import { page, table } from './generated-docs.ts';

const PLACES: Record<Placement, string> = {
  overtake: 'at once',
  in_order: 'in the order of the room',
  person: 'after what else makes rooms for this person',
};

/** `docs/COMMANDS.md`: every command, from the values that parse and run it. */
export function commandsTable(): string {
  const rows = COMMAND_LIST.map((command) => {
    const { name, where } = command;
    const { placement, also } = COMMANDS[name];
    return [
      `\`${say('en', `command_${name}_usage`)}\``,
      `${say('en', `command_${name}_summary`)}${command.confirmed ? ' (asks first, where something would be lost)' : ''}`,
      `\`${say('en', `command_${name}_example`)}\``,
      also.map((word) => `\`!${word}\``).join(' '),
      where === 'room' ? 'conversations' : 'everywhere',
      whoMay(command),
      PLACES[placement],
    ];
  });
  return page(
    'Commands',
    'From `services/command-worker/commands/` and `shared/texts/`. Case does not matter, a space may stand after the `!`, and every command has other\n' +
      'names, Russian ones among them. `!!text` sends a text that begins with `!` to the agent. In an archived room only those work that say so.',
    table(['command', 'does', 'for example', 'also', 'works in', 'who', 'when'], rows),
  );
}

function whoMay({ by, inArchived }: Command): string {
  const who = by === 'everybody' ? 'who was asked' : by === 'guests' ? 'owner and guests' : 'owner';
  return inArchived === true ? `${who}, also in the archive` : who;
}
