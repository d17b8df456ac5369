import { AgentRefusal } from '../../../shared/agent-protocol/agent-refusal.ts';
import type { AgentConnection } from '../../../shared/agent-protocol/client.ts';
import type { RequestType, ResultOf } from '../../../shared/agent-protocol/host-messages.ts';
import type { SessionId } from '../../../shared/ids/ids.ts';

type OfSession = 'session.reset' | 'session.close' | 'snapshot.save' | 'snapshot.load' | 'context.get';

/**
 * Asks something of a session, and opens it first where nobody ever spoke in it.
 * @throws SurfacesError `agent_unavailable`; AgentRefusal.
 */
export async function askSession<Type extends OfSession & RequestType>(
  agent: AgentConnection,
  type: Type,
  sessionId: SessionId,
  fields: Omit<Parameters<typeof agent.request<Type>>[1], 'session_id'>,
): Promise<ResultOf<Type>> {
  const request = { session_id: sessionId, ...fields } as Parameters<typeof agent.request<Type>>[1];
  try {
    return await agent.request(type, request);
  } catch (error) {
    if (!(error instanceof AgentRefusal && error.protocolCode === 'unknown_session')) throw error;
    await agent.openSession(sessionId, sessionId);
    return agent.request(type, request);
  }
}
