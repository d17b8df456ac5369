import type { ListEntry } from '../../shared/store/open-lists.ts';
import { say } from '../../shared/texts/say.ts';
import type { Command, CommandCall, CommandParts, Reply, RoomCall } from './command.ts';
import { refusedByAgent } from './refused-by-agent.ts';

/** What is done of a command: itself, what it asked for and was confirmed, or what a number picked from its list. */
export type Part = { readonly part: 'run' | 'confirmed' } | { readonly part: 'picked'; readonly entry: ListEntry };

/** Does a command, or a part of it, where it can be done: the person may give it, that is settled. */
export async function perform(
  command: Command,
  call: CommandCall,
  parts: CommandParts,
  what: Part = { part: 'run' },
): Promise<Reply> {
  const { language, room, rest } = call;
  const worksThere = command.inArchived === true || command.inArchived === what.part;
  if (room?.kind === 'chat' && room.state === 'archived' && !worksThere)
    return { text: say(language, 'archived'), code: 'archived' };
  if (command.needsArgument && what.part === 'run' && rest === '') {
    const usage = say(language, `command_${command.name}_usage`);
    return { text: say(language, 'missing_argument', { command: command.name, usage }), code: 'missing_argument' };
  }
  try {
    if (command.where === 'anywhere') return await play(command, call, parts, what);
    if (isInRoom(call)) return await play(command, call, parts, what);
    return { text: say(language, 'command_needs_room', { command: command.name }), code: 'use_room' };
  } catch (error) {
    const refusal = refusedByAgent(error, language);
    if (refusal) return refusal;
    throw error;
  }
}

function play<Call>(
  command: {
    run(call: Call, parts: CommandParts): Promise<Reply>;
    confirmed?(call: Call, parts: CommandParts): Promise<Reply>;
    picked?(call: Call, entry: ListEntry, parts: CommandParts): Promise<Reply>;
  },
  call: Call,
  parts: CommandParts,
  what: Part,
): Promise<Reply> {
  if (what.part === 'picked' && command.picked) return command.picked(call, what.entry, parts);
  if (what.part === 'confirmed' && command.confirmed) return command.confirmed(call, parts);
  return command.run(call, parts);
}

function isInRoom(call: CommandCall): call is RoomCall {
  return call.room?.kind === 'chat' && call.room.sessionId !== null;
}
