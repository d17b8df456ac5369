import { opId } from '../../../shared/ids/ids.ts';
import { attemptOperation, finishOperation } from '../../../shared/store/operations.ts';
import { recordSaved } from '../../../shared/store/rooms.ts';
import { checkName } from '../../../shared/texts/check-name.ts';
import { bytes, date } from '../../../shared/texts/formats.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import { askSession } from '../agent/ask-session.ts';
import { snapshotsOf } from '../agent/snapshots.ts';
import type { Command, CommandParts, Reply, RoomCall } from '../command.ts';
import { roomName } from '../rooms/listed.ts';

/** `!save [name]`: a copy of the room's context. A name that exists is only overwritten after a yes. */
export const saveCommand: Command = {
  name: 'save',
  where: 'room',
  async run(call, parts) {
    const { about, rest, language, person } = call;
    const checked = rest === '' ? { name: '' } : checkName(rest);
    if ('problem' in checked) return { text: say(language, checked.problem) };
    // The name is decided once: run again after a kill, it must not find its own copy in the way.
    const op = opId('save', about.event);
    const before = await attemptOperation<{ name: string }>(parts.database, op, 'save');
    if (before.result) return save(before.result.name, call, parts);
    const names = (await snapshotsOf(parts.agent, person)).map(({ name }) => name);
    const taken = names.find((name) => name.toLowerCase() === checked.name.toLowerCase());
    if (taken !== undefined) {
      const title = sayPlain(language, 'save_title', { name: taken });
      return {
        text: say(language, 'save_question', { name: taken }),
        confirm: { command: 'save', title, argument: taken },
      };
    }
    const name = checked.name || freeName(call, names);
    await finishOperation(parts.database, op, { name });
    return save(name, call, parts);
  },
  confirmed: (call, parts) => save(call.rest, call, parts),
};

async function save(name: string, { room, person, language }: RoomCall, parts: CommandParts): Promise<Reply> {
  const { size } = await askSession(parts.agent, 'snapshot.save', room.sessionId, { owner: person, name });
  await recordSaved(parts.database, room.roomId);
  return { text: say(language, 'save_done', { name, size: bytes(language, size) }) };
}

/** The room's name and the day, and a number where that is taken. */
function freeName({ room, language }: RoomCall, taken: readonly string[]): string {
  const base = `${roomName(room, language)}, ${date(language, new Date())}`;
  const isTaken = (name: string) => taken.some((other) => other.toLowerCase() === name.toLowerCase());
  let name = base;
  for (let number = 2; isTaken(name); number += 1) name = `${base} (${number})`;
  return name;
}
