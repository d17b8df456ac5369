import { type OpId, opId, type SessionId } from '../../../shared/ids/ids.ts';
import { recordSession } from '../../../shared/store/rooms.ts';
import type { CommandParts, RoomCall } from '../command.ts';
import { changeOwnState } from '../rooms/change-own-state.ts';
import { sessionOf } from '../rooms/ensure-room.ts';
import { closeSession } from './close-session.ts';

/**
 * Gives a room a session of another id, so that nothing of the old one can be reached from it. The new id follows from the
 * question that was said yes to, so that this may be killed and done again at any point.
 * @param old the session that the room had when it was asked.
 * @param agent the one that answers from now on; without it, the default one.
 * @throws SurfacesError `agent_unavailable`, AgentRefusal `unknown_agent`: then nothing was changed.
 */
export async function beginAnew(
  { about, room }: Pick<RoomCall, 'about' | 'room'>,
  { old, agent }: { readonly old: SessionId; readonly agent?: string },
  parts: CommandParts,
): Promise<void> {
  const { database, http, self } = parts;
  const ask = about.type === 'confirmed' ? about.ask : about.event;
  const fresh = sessionOf(opId('clear', ask) as OpId);
  // The host keeps which agent a session has: it has to know before anything is said in it.
  if (agent !== undefined) await parts.agent.openSession(fresh, fresh, agent);
  await changeOwnState(http, self, room.roomId, { session_id: fresh });
  await recordSession(database, room.roomId, fresh);
  await closeSession({ sessionId: room.sessionId === fresh ? old : room.sessionId, roomId: room.roomId }, parts);
}
