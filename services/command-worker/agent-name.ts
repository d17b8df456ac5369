import type { AgentConnection } from '../../shared/agent-protocol/client.ts';

/** What the agent calls itself; where its host has not been spoken to yet, just that. */
export function agentName({ welcome }: AgentConnection): string {
  return welcome?.agent.name ?? 'agent';
}
