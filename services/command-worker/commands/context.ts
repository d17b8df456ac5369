import { say } from '../../../shared/texts/say.ts';
import { askSession } from '../agent/ask-session.ts';
import { categoryLines, contextLine } from '../agent/context-lines.ts';
import type { Command } from '../command.ts';

/** `!context`: what fills the agent's context. */
export const contextCommand: Command = {
  name: 'context',
  where: 'room',
  by: 'guests',
  async run({ room, language }, { agent }) {
    const context = await askSession(agent, 'context.get', room.sessionId, {});
    const line = contextLine(context, language);
    if (line === null) return { text: say(language, 'context_not_told') };
    const categories = categoryLines(context, language) ?? say(language, 'context_no_categories');
    return { text: `${line}\n\n${categories}\n\n${say(language, 'context_hint')}` };
  },
};
