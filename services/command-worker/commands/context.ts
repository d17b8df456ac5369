import { say } from '../../../shared/texts/say.ts';
import { askSession } from '../agent/ask-session.ts';
import { categoryLines, contextLine, spentLine } from '../agent/context-lines.ts';
import type { Command } from '../command.ts';

/** `!context`: what fills the agent's context. */
export const contextCommand: Command = {
  name: 'context',
  where: 'room',
  by: 'guests',
  async run({ room, language }, { agent }) {
    const context = await askSession(agent, 'context.get', room.sessionId, {});
    const line = contextLine(context, language);
    const spent = spentLine(context, language);
    if (line === null) return { text: [say(language, 'context_not_told'), spent].filter(Boolean).join('\n\n') };
    const categories = categoryLines(context, language) ?? say(language, 'context_no_categories');
    const estimated = context.estimated ? say(language, 'context_estimated') : null;
    return { text: [line, categories, estimated, spent, say(language, 'context_hint')].filter(Boolean).join('\n\n') };
  },
};
