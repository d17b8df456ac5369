import { describe } from '../../../../shared/errors/surfaces-error.ts';
import { methods } from '../sdk.ts';
import type { AcpParts } from '../turn/acp-turn.ts';
import type { Rooms } from './room.ts';

/** Lets the process forget a conversation, where it can, and forgets it here. What the agent stored is the agent's. Never throws. */
export async function closeSession(
  { pool, patience, log, withoutSecrets }: AcpParts,
  rooms: Rooms,
  sessionId: string,
): Promise<void> {
  const room = rooms.find(sessionId);
  await room?.settled;
  const held = room?.held;
  rooms.forget(sessionId);
  if (!held || held.process.isOver) return;
  const { process, acpSession } = held;
  if (process.abilities.close) {
    await process.request(methods.agent.session.close, { sessionId: acpSession }, patience.cancelMs).catch((error) => {
      log.info({ problem: withoutSecrets(describe(error)) }, 'a conversation of the agent is not closed');
    });
  }
  pool.retireIfUsedUp(process, rooms.areIn(process));
}
