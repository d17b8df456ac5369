import { AgentFailure } from '../../adapter.ts';
import type { AcpSettings } from '../acp-settings.ts';
import type { AgentProcess } from '../process/agent-process.ts';
import { choiceOf } from '../wire/session-answer.ts';

/**
 * Sets the mode and the model that the settings name, also where the agent says that it has them already: what it says and what
 * it does are two things for one agent.
 * @param answer to the request that opened the session. @throws AgentFailure with what there is to choose from.
 */
export async function chooseOptions(
  process: AgentProcess,
  sessionId: string,
  answer: unknown,
  settings: Pick<AcpSettings, 'mode' | 'model'>,
  requestMs: number,
): Promise<void> {
  for (const what of ['mode', 'model'] as const) {
    const value = settings[what];
    if (value === undefined) continue;
    const choice = choiceOf(answer, what);
    if (!choice?.values.includes(value)) {
      const known = choice?.values.join(', ') || 'none to choose from';
      throw new AgentFailure(
        'agent_unavailable',
        `The agent has no ${what} “${value}”. It has: ${known}.`.slice(0, 1_000),
      );
    }
    await process.request(choice.method, { sessionId, ...choice.params(value) }, requestMs);
  }
}
