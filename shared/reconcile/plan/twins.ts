import type { RoomId } from '../../ids/ids.ts';
import type { RoomState } from '../../matrix/room-state.ts';
import type { Facts, SeenRoom } from '../facts.ts';

/**
 * The facts without rooms that bear the session of another one, and which these are. A session belongs to one room, or
 * people would read in one what was said in the other: it stays where the record has it, else where it was first. That a room
 * and the one which has taken its place bear the same is as it should be.
 */
export function withoutTwins(facts: Facts): { readonly facts: Facts; readonly twins: ReadonlyMap<RoomId, RoomId> } {
  const sessions = new Map(facts.rooms.map(({ roomId, sessionId }) => [roomId, sessionId]));
  const seen = new Map(facts.seen.map((room) => [room.roomId, room]));
  const hasHeir = ({ successor }: SeenRoom) => successor !== null && seen.get(successor)?.own != null;
  const isRecorded = ({ roomId, own }: SeenRoom) => sessions.get(roomId) === own?.session_id;
  const living = facts.seen.filter((room) => isChat(room.own) && !hasHeir(room));
  const twins = new Map<RoomId, RoomId>();
  for (const sharing of Map.groupBy(living, ({ own }) => own!.session_id).values()) {
    if (sharing.length < 2) continue;
    const [keeper, ...others] = sharing.toSorted(
      (one, other) =>
        Number(isRecorded(other)) - Number(isRecorded(one)) ||
        one.createdAt - other.createdAt ||
        (one.roomId < other.roomId ? -1 : 1),
    );
    for (const { roomId } of others) twins.set(roomId, keeper!.roomId);
  }
  if (twins.size === 0) return { facts, twins };
  const isKept = ({ roomId }: { readonly roomId: RoomId }) => !twins.has(roomId);
  return { facts: { ...facts, seen: facts.seen.filter(isKept), rooms: facts.rooms.filter(isKept) }, twins };
}

function isChat(own: RoomState | null): boolean {
  return own?.kind === 'chat' && own.session_id !== undefined;
}
