import { spaceUsed } from '../../../shared/delivery/space-used.ts';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { ChatRoom } from '../../../shared/store/rooms.ts';
import type { AttachmentDeps } from '../attachment-deps.ts';

/** What may still be written for one file; `take` is told of each piece before it is written. */
export type Space = { readonly take: (bytes: number) => void };

/**
 * The space that a room's workspace, and all workspaces of its owner together, have left. It is looked at once, when a
 * file begins: files that come in at the same time may go over it by what they hold.
 */
export async function spaceFor(
  room: Pick<ChatRoom, 'owner' | 'sessionId'>,
  { database, agentsDir, limits }: Pick<AttachmentDeps, 'database' | 'agentsDir' | 'limits'>,
): Promise<Space> {
  const { here, everywhere } = await spaceUsed(room, { database, agentsDir });
  const left = [
    { bytes: limits.roomBytes - here, limit: limits.roomBytes },
    { bytes: limits.personBytes - everywhere, limit: limits.personBytes },
  ].toSorted((one, other) => one.bytes - other.bytes)[0]!;
  let taken = 0;
  return {
    take(bytes) {
      taken += bytes;
      if (taken <= left.bytes) return;
      throw new SurfacesError('quota_exceeded', `more than the ${left.limit} bytes of its quota`, {
        limit: left.limit,
      });
    },
  };
}
