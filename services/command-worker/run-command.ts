import { nearest } from '../../shared/config/nearest.ts';
import { isAllowed } from '../../shared/delivery/allow.ts';
import { languageFor } from '../../shared/delivery/language.ts';
import type { MatrixChatDeps } from '../../shared/delivery/matrix-chat.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import { COMMANDS, type CommandName } from '../../shared/matrix/command-placement.ts';
import type { CommandItem, ConfirmedItem, MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import { findList } from '../../shared/store/open-lists.ts';
import { tellOnce } from '../../shared/store/people.ts';
import { findQuestion } from '../../shared/store/questions.ts';
import type { Room } from '../../shared/store/rooms.ts';
import { type Circumstances, commandContext } from '../../shared/store/turn-context.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { fromNow } from '../../shared/texts/formats.ts';
import { say } from '../../shared/texts/say.ts';
import type { Command, CommandCall, CommandParts, Reply } from './command.ts';
import { perform } from './perform.ts';
import { tellOfGone } from './rooms/tell-of-gone.ts';
import { sendsOf } from './sends-of.ts';

export type CommandDeps = CommandParts &
  MatrixChatDeps & {
    readonly adopt: (room: CommandItem['room']) => Promise<Room | null>;
  };

/** One `!` command: who may give it, which one it is, and its reply. */
export async function runCommand(item: LaneItem<WorkItem>, command: CommandItem, deps: CommandDeps): Promise<Send[]> {
  const { sender: person } = command;
  const known = await circumstances(item, command, deps);
  const language = languageFor(known.speaks, command.text);
  const call: CommandCall = { ...known, item, about: command, rest: command.rest.trim(), person, language };
  const found = deps.commands.find(({ name }) => name === command.name);

  const stranger = await turnedAway(found, command, call, deps);
  if (stranger) return stranger;
  const tooMany = await isTooMany(command, language, deps);
  if (tooMany) return tooMany;
  const reply = await (found ? perform(found, call, deps) : unknownCommand(command.name, call, deps));
  return [...(await sendsOf(call, reply, deps)), ...(await tellOfGone(person, command, language, deps.database))];
}

/** A command that its person has confirmed, at its place in the order. */
export async function runConfirmed(
  item: LaneItem<WorkItem>,
  confirmed: ConfirmedItem,
  deps: CommandDeps,
): Promise<Send[]> {
  const question = await findQuestion(deps.database, confirmed.ask);
  if (question?.subject.kind !== 'confirmation') return [];
  const { command: name, argument } = question.subject;
  const command = deps.commands.find((each) => each.name === name);
  const known = await circumstances(item, confirmed, deps);
  const { language, person } = question;
  const call: CommandCall = { ...known, item, about: confirmed, rest: argument, person, language };
  const reply = command ? await perform(command, call, deps, { part: 'confirmed' }) : unknown(name, language);
  return sendsOf(call, reply, deps);
}

/**
 * A bare number that the turn worker handed over, because a list was open when it came up: it picks, whatever has become
 * of the list since.
 */
export async function runPick(item: LaneItem<WorkItem>, number: MessageItem, deps: CommandDeps): Promise<Send[]> {
  const { room, sender: person, text } = number;
  const { position } = item;
  const list = await findList(deps.database, { room, person, position });
  const command = deps.commands.find(({ name }) => name === list?.kind);
  const known = await circumstances({ ...item, position: 0 }, number, deps);
  const language = languageFor(known.speaks, text);
  const call: CommandCall = { ...known, item, about: number, rest: text.trim(), person, language };
  if (!list || !command) return sendsOf(call, { text: say(language, 'list_closed') }, deps);
  const { entries } = list;
  const entry = entries[Number(text.trim()) - 1];
  const reply: Reply = entry
    ? await perform(command, call, deps, { part: 'picked', entry })
    : { text: say(language, 'list_has_no_such', { count: entries.length }) };
  return sendsOf(call, reply, deps);
}

async function circumstances(
  { position }: LaneItem<WorkItem>,
  { room, sender }: WorkItem,
  deps: CommandDeps,
): Promise<Circumstances> {
  const known = await commandContext(deps.database, { room, sender, position });
  return known.room ? known : { ...known, room: await deps.adopt(room) };
}

/** Who may not give this command here is told so, once in each room. */
async function turnedAway(
  command: Command | undefined,
  { room: roomId, event, sender }: CommandItem,
  call: CommandCall,
  { database, allow }: CommandDeps,
): Promise<Send[] | null> {
  const { room, language, guests, blocked, about } = call;
  const once = async (text: string): Promise<Send[]> =>
    (await tellOnce(database, roomId, sender, 'not_allowed', event))
      ? toSends([saying('command', about, text, 'not_allowed')])
      : [];
  if (blocked || !isAllowed(sender, allow)) return once(say(language, 'not_allowed'));
  if (room?.kind !== 'chat' || room.owner === sender || command?.by === 'everybody') return null;
  const { owner } = room;
  if (!guests.includes(sender)) return once(say(language, 'not_allowed_guest', { owner }));
  if (command === undefined || command.by === 'guests') return null;
  return toSends([saying('command', about, say(language, 'not_allowed_command', { owner }), 'not_allowed')]);
}

/** What ends something, and what is asked, always works: it makes things fewer. */
const ALWAYS: ReadonlySet<string> = new Set(['stop', 'yes', 'no']);

/** A flood of commands: those over the limit are not carried out, and their person is told once. */
async function isTooMany(
  { name, sender, event, ...about }: CommandItem,
  language: Language,
  { admission }: CommandDeps,
): Promise<Send[] | null> {
  if (ALWAYS.has(name)) return null;
  const verdict = await admission.admitCommand(sender, event);
  if (verdict === 'admitted') return null;
  if (!verdict.tell) return [];
  const text = say(language, 'commands_limited', { when: fromNow(language, verdict.ms) });
  return toSends([saying('command', { event, ...about }, text, 'rate_limited')]);
}

async function unknownCommand(name: string, { language }: CommandCall, { commands }: CommandParts): Promise<Reply> {
  const names = commands.flatMap((command) => [command.name, ...COMMANDS[command.name as CommandName].also]);
  const close = nearest(name, names);
  if (!close) return unknown(name, language);
  return { text: say(language, 'unknown_command', { name, nearest: close }), code: 'unknown_command' };
}

function unknown(name: string, language: Language): Reply {
  const code: ErrorCode = 'unknown_command';
  return { text: say(language, 'unknown_command_at_all', { name }), code };
}
