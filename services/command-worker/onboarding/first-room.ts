import { type OpId, opId, type RoomId, type UserId } from '../../../shared/ids/ids.ts';
import { operationResult } from '../../../shared/store/operations.ts';
import { chatsOf } from '../../../shared/store/rooms.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { sayPlain } from '../../../shared/texts/say.ts';
import { agentName } from '../agent-name.ts';
import type { CommandParts } from '../command.ts';
import { ensureRoom } from '../rooms/ensure-room.ts';

export type ActiveRoom = { readonly roomId: RoomId; readonly op: string | null };

/**
 * The conversations that a person has in use, and where that is none, one that is made for them; `made` is its operation.
 * Somebody whose first room was put away or is gone gets another one, once for each invitation `cause`.
 */
export async function roomsInUse(
  owner: UserId,
  {
    cause,
    space,
    language,
  }: { readonly cause: string; readonly space: { roomId: RoomId; made: boolean }; readonly language: Language },
  deps: Pick<CommandParts, 'database' | 'http' | 'self' | 'agent'>,
): Promise<{ readonly rooms: readonly ActiveRoom[]; readonly made: OpId }> {
  const { database, agent } = deps;
  const first = opId('first-room', owner);
  const had = await operationResult<{ room_id: RoomId }>(database, first);
  const inUse = (await chatsOf(database, owner)).filter(({ state }) => state === 'active');
  const isThere = had === null || inUse.some(({ roomId }) => roomId === had.room_id);
  const made = isThere ? first : opId('first-room', owner, cause);
  if (inUse.length > 0) return { rooms: inUse, made };
  const room = await ensureRoom(
    {
      op: made,
      kind: 'chat',
      owner,
      name: sayPlain(language, 'first_room_name'),
      topic: sayPlain(language, 'room_topic', { agent: agentName(agent) }),
      parent: space.roomId,
    },
    deps,
    space.made ? undefined : (state) => state.kind === 'chat' && state.owner === owner && state.state === 'active',
  );
  return { rooms: [{ roomId: room.roomId, op: made }], made };
}
