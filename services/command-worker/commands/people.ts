import { isAllowed } from '../../../shared/delivery/allow.ts';
import { asUserId, type UserId } from '../../../shared/ids/ids.ts';
import { isRefusal } from '../../../shared/matrix/http-error.ts';
import { invite } from '../../../shared/matrix/rooms.ts';
import { isBlocked } from '../../../shared/store/blocked.ts';
import { addGuest, removeGuest } from '../../../shared/store/guests.ts';
import { say } from '../../../shared/texts/say.ts';
import type { Command, CommandParts, Reply, RoomCall } from '../command.ts';

const ADD = /^(add|allow|\+|добавить|пустить)$/i;
const REMOVE = /^(remove|rm|delete|-|убрать|удалить)$/i;

/** `!people [add or remove @someone]`: who may ask the agent in this room, beside its owner. */
export const peopleCommand: Command = {
  name: 'people',
  where: 'room',
  async run(call, parts) {
    const { rest, language, guests, room } = call;
    const [word = '', ...names] = rest.split(/\s+/);
    if (word === '') return { text: whoMayAsk(call) };
    const adds = ADD.test(word);
    if (!adds && !REMOVE.test(word)) return usage(call);
    const named = userIn(names.join(' ')) ?? mentionedIn(call);
    if (!named)
      return names.length === 0 ? usage(call) : { text: say(language, 'people_who', { name: names.join(' ') }) };
    if (named === room.owner || named === parts.self)
      return { text: say(language, 'people_not_this', { person: named }) };
    if (adds) return add(named, call, parts);
    if (!guests.includes(named)) return { text: say(language, 'people_never', { person: named }) };
    await removeGuest(parts.database, room.roomId, named);
    return { text: say(language, 'people_removed', { person: named }) };
  },
};

async function add(person: UserId, { room, language }: RoomCall, parts: CommandParts): Promise<Reply> {
  const { database, http, allow, log } = parts;
  if (!isAllowed(person, allow) || (await isBlocked(database, person)))
    return { text: say(language, 'people_not_allowed', { person }), code: 'not_allowed' };
  await addGuest(database, room.roomId, person);
  try {
    const there = (await invite(http, room.roomId, person)) === 'there';
    return { text: say(language, there ? 'people_added' : 'people_invited', { person }) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.info({ err: error, room: room.roomId, person }, 'a guest could not be invited');
    return { text: say(language, 'people_not_invited', { person }) };
  }
}

function whoMayAsk({ guests, language }: RoomCall): string {
  if (guests.length === 0) return say(language, 'people_only_you');
  const lines = guests.map((person) => `- ${say(language, 'people_line', { person })}`);
  return `${say(language, 'people_list')}\n\n${lines.join('\n')}\n\n${say(language, 'people_rule')}`;
}

function usage({ language }: RoomCall): Reply {
  const written = say(language, 'command_people_usage');
  return { text: say(language, 'missing_argument', { command: 'people', usage: written }), code: 'missing_argument' };
}

/** A user id as it is written, or inside of a matrix.to link. */
function userIn(text: string): UserId | undefined {
  const [found] = /@[^\s:/?#"<>()[\]]*:[^\s/?#"<>()[\]]+/.exec(decoded(text)) ?? [];
  try {
    return found === undefined ? undefined : asUserId(found);
  } catch {
    return undefined;
  }
}

/** Clients write a mention as a name, and say in the event whose it is. */
function mentionedIn({ about, ...call }: RoomCall): UserId | undefined {
  const mentions = about.type === 'command' ? (about.mentions ?? []) : [];
  return mentions.find((user) => user !== call.person);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
