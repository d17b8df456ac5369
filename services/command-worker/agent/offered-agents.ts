import { AgentRefusal } from '../../../shared/agent-protocol/agent-refusal.ts';
import type { AgentConnection } from '../../../shared/agent-protocol/client.ts';
import type { OfferedAgent } from '../../../shared/agent-protocol/content.ts';
import type { SessionId } from '../../../shared/ids/ids.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { say } from '../../../shared/texts/say.ts';

export type RoomAgents = {
  /** The one that answers in the room, as people read it; null where it is not offered any more. */
  readonly here: string | null;
  /** By which it is asked for, where there is a choice. */
  readonly name?: string;
  /** All that there are, the default first; empty where there is no choice. */
  readonly offered: readonly OfferedAgent[];
};

/**
 * Who answers in a room, and who could.
 * @throws SurfacesError `agent_unavailable`; AgentRefusal.
 */
export async function agentsOf(agent: AgentConnection, sessionId: SessionId): Promise<RoomAgents> {
  const chosen = await chosenAgent(agent, sessionId);
  const { agents: offered = [], agent: only } = agent.welcome!;
  if (chosen === null) return { here: null, offered };
  const here = chosen === undefined ? offered[0] : offered.find(({ name }) => name === chosen);
  return here ? { here: titleOf(here), name: here.name, offered } : { here: only.name, offered };
}

/**
 * The agent that was chosen for a room: undefined where it has the default one, null where the chosen one is gone.
 * @throws SurfacesError `agent_unavailable`; AgentRefusal.
 */
export async function chosenAgent(agent: AgentConnection, sessionId: SessionId): Promise<string | undefined | null> {
  try {
    return (await agent.openSession(sessionId, sessionId)).agent;
  } catch (error) {
    if (error instanceof AgentRefusal && error.protocolCode === 'unknown_agent') return null;
    throw error;
  }
}

/** What people call an agent. */
export function titleOf({ name, title }: OfferedAgent): string {
  return title ?? name;
}

/** As entries of a list from which a bare number, or a name, picks. */
export function agentEntries(offered: readonly OfferedAgent[]) {
  return offered.map((one) => ({ id: one.name, name: titleOf(one) }));
}

export function agentList({ offered, name: here }: RoomAgents, language: Language): string {
  return offered.map((one, index) => `${index + 1}. ${lineOf(one, one.name === here, language)}`).join('\n');
}

function lineOf(one: OfferedAgent, isHere: boolean, language: Language): string {
  const agent = titleOf(one);
  const about = one.description;
  if (about === undefined) return say(language, isHere ? 'agent_line_here' : 'agent_line', { agent });
  return say(language, isHere ? 'agent_line_about_here' : 'agent_line_about', { agent, about });
}
