import { contextShare } from '../../../shared/agent-protocol/context-share.ts';
import type { RoomId } from '../../../shared/ids/ids.ts';
import type { Room } from '../../../shared/store/rooms.ts';
import { sleep } from '../../../shared/time/time.ts';
import type { CommandParts } from '../command.ts';

/** Of the rooms used last so many are asked for, all at once; a list is not worth more of the agent's time. */
const MOST_ROOMS = 10;
const PATIENCE_MS = 1_000;

/** How full the contexts of rooms are, in percent; of rooms that the agent does not tell of in a second, nothing. */
export async function contextUses(
  rooms: readonly Room[],
  { agent }: Pick<CommandParts, 'agent'>,
): Promise<ReadonlyMap<RoomId, number>> {
  const uses = new Map<RoomId, number>();
  if (agent.welcome?.capabilities.context === false) return uses;
  const asked = rooms.slice(0, MOST_ROOMS).map(async ({ roomId, sessionId }) => {
    if (sessionId === null) return;
    const { context } = await agent.request('context.get', { session_id: sessionId });
    const share = contextShare(context);
    if (share !== undefined) uses.set(roomId, Math.round(100 * share));
  });
  await Promise.race([Promise.allSettled(asked), sleep(PATIENCE_MS)]);
  return uses;
}
