import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { FileOffer } from '../../shared/agent-protocol/turn-events.ts';
import type { Log } from '../../shared/runtime/log.ts';

/** Files of agents are not carried into the room yet: the agent is told so at once, so that it does not wait. */
export function declineFile(agent: AgentConnection, { session_id, turn_id, file_id }: FileOffer, log: Log): void {
  const reason = 'files are not carried into the room yet';
  agent
    .request('file.ack', { session_id, turn_id, file_id, accepted: false, reason })
    .catch((error: unknown) => log.warn({ err: error }, 'the agent was not told that its file is not taken'));
}
