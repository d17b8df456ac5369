import { AgentRefusal } from '../../../shared/agent-protocol/agent-refusal.ts';
import type { RoomId, SessionId } from '../../../shared/ids/ids.ts';
import type { CommandParts } from '../command.ts';

/** Frees what the agent holds for a session that nobody speaks in any more. It frees an idle one by itself, so none fails by this. */
export async function closeSession(
  { sessionId, roomId }: { readonly sessionId: SessionId; readonly roomId: RoomId },
  { agent, log }: Pick<CommandParts, 'agent' | 'log'>,
): Promise<void> {
  try {
    await agent.request('session.close', { session_id: sessionId });
  } catch (error) {
    // Refused where it is not open: then nothing is held.
    if (!(error instanceof AgentRefusal)) log.info({ err: error, room: roomId }, 'a session was not closed');
  }
}
