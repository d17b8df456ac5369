import { isAllowed } from '../../shared/delivery/allow.ts';
import { languageFor } from '../../shared/delivery/language.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import { COMMANDS, type CommandName } from '../../shared/matrix/command-placement.ts';
import type { CommandItem, WorkItem } from '../../shared/matrix/work-item.ts';
import { turnContext } from '../../shared/store/live-messages.ts';
import { tellOnce } from '../../shared/store/people.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Room } from '../../shared/store/rooms.ts';
import { say } from '../../shared/texts/say.ts';
import type { Command, Reply } from './command.ts';
import { nearest } from './nearest.ts';

export type CommandDeps = {
  readonly database: Database;
  readonly commands: readonly Command[];
  readonly adopt: (room: CommandItem['room']) => Promise<Room | null>;
  readonly allow: readonly string[];
};

/** One `!` command: who may give it, which one it is, and its reply. */
export async function runCommand(item: LaneItem<WorkItem>, command: CommandItem, deps: CommandDeps): Promise<Send[]> {
  const { database, allow, commands } = deps;
  const { sender, room: roomId, event } = command;
  const known = await turnContext(database, roomId, event, sender);
  const room = known.room ?? (await deps.adopt(roomId));
  const language = languageFor(known.language, command.text);
  const reply = (text: string, code?: ErrorCode): Send[] => toSends([saying('command', command, text, code)]);

  const guest = room?.kind === 'chat' && room.owner !== sender;
  if (guest || !isAllowed(sender, allow)) {
    const tell = await tellOnce(database, roomId, sender, 'not_allowed', event);
    const text = guest ? say(language, 'not_allowed_guest', { owner: room.owner }) : say(language, 'not_allowed');
    return tell ? reply(text, 'not_allowed') : [];
  }
  const found = commands.find(({ name }) => name === command.name);
  if (!found) {
    const names = commands.flatMap(({ name }) => [name, ...COMMANDS[name as CommandName].also]);
    const close = nearest(command.name, names);
    return close
      ? reply(say(language, 'unknown_command', { name: command.name, nearest: close }), 'unknown_command')
      : reply(say(language, 'unknown_command_at_all', { name: command.name }), 'unknown_command');
  }
  const { text, code }: Reply = await found.run({
    item,
    command,
    rest: command.rest.trim(),
    room,
    person: sender,
    language,
  });
  return reply(text, code);
}
