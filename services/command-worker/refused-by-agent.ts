import { AgentRefusal } from '../../shared/agent-protocol/agent-refusal.ts';
import { codeOf } from '../../shared/errors/surfaces-error.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';
import type { Reply } from './command.ts';

/**
 * What the person is told where the agent could not do its part of a command; null for what is no matter of the agent's.
 */
export function refusedByAgent(error: unknown, language: Language): Reply | null {
  if (error instanceof AgentRefusal) {
    switch (error.protocolCode) {
      case 'unsupported':
        return { text: say(language, 'agent_cannot'), code: 'agent_error' };
      case 'unknown_agent':
        return { text: say(language, 'unknown_agent'), code: 'unknown_agent' };
      case 'unknown_snapshot':
        return { text: say(language, 'unknown_snapshot'), code: 'unknown_snapshot' };
    }
    if (error.code === 'agent_error') return { text: say(language, 'agent_refused'), code: 'agent_error' };
  }
  if (codeOf(error) !== 'agent_unavailable') return null;
  return { text: say(language, 'agent_unavailable_command'), code: 'agent_unavailable' };
}
