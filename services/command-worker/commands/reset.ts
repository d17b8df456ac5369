import { recordSaved } from '../../../shared/store/rooms.ts';
import { say } from '../../../shared/texts/say.ts';
import { askSession } from '../agent/ask-session.ts';
import type { Command } from '../command.ts';

/** `!reset`: the agent forgets the conversation; workspace and session id stay. */
export const resetCommand: Command = {
  name: 'reset',
  where: 'room',
  async run({ room, language }, { agent, database }) {
    await askSession(agent, 'session.reset', room.sessionId, {});
    await recordSaved(database, room.roomId);
    return { text: say(language, 'reset_done') };
  },
};
