import type { SessionId } from '../../../shared/ids/ids.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import { beginAnew } from '../agent/begin-anew.ts';
import { chosenAgent } from '../agent/offered-agents.ts';
import type { Command } from '../command.ts';

/** `!clear`, after a yes: a new session with the same agent, so that nothing of the old one can be reached from here. */
export const clearCommand: Command = {
  name: 'clear',
  where: 'room',
  async run({ room, language }, { agent }) {
    const title = sayPlain(language, 'clear_title');
    // One that is not offered any more is not asked for again: the default one takes its place.
    const chosen = (await chosenAgent(agent, room.sessionId)) ?? '';
    const argument = `${room.sessionId} ${chosen}`.trim();
    return { text: say(language, 'clear_question'), confirm: { command: 'clear', title, argument } };
  },
  async confirmed(call, parts) {
    const [old, agent] = call.rest.split(' ');
    await beginAnew(call, { old: old as SessionId, ...(agent && { agent }) }, parts);
    return { text: say(call.language, 'clear_done') };
  },
};
