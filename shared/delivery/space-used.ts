import type { SessionId, UserId } from '../ids/ids.ts';
import type { Database } from '../store/postgres.ts';
import { chatsOf } from '../store/rooms.ts';
import { workspacePath } from '../volume/layout.ts';
import { usageOf } from '../volume/usage.ts';

/** What files take, in bytes: those of one room, and those of all rooms of its owner, this one among them. */
export type SpaceUsed = { readonly here: number; readonly everywhere: number };

/** Looks at the volume itself, since agents write there too. */
export async function spaceUsed(
  { owner, sessionId }: { readonly owner: UserId; readonly sessionId: SessionId },
  { database, agentsDir }: { readonly database: Database; readonly agentsDir: string },
): Promise<SpaceUsed> {
  const used = async (session: SessionId) => (await usageOf(workspacePath(agentsDir, session))).bytes;
  const here = await used(sessionId);
  let everywhere = here;
  for (const other of await chatsOf(database, owner)) {
    if (other.sessionId !== null && other.sessionId !== sessionId) everywhere += await used(other.sessionId);
  }
  return { here, everywhere };
}
