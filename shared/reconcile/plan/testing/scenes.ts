import { opId, type RoomId, type SessionId, type UserId } from '../../../ids/ids.ts';
import type { RoomState } from '../../../matrix/room-state.ts';
import type { Facts, RecordedRoom, SeenRoom } from '../../facts.ts';

export const BOT = '@bot:x' as UserId;
export const ANN = '@ann:x' as UserId;
export const BOB = '@bob:x' as UserId;
export const SPACE = '!space:x' as RoomId;
export const CHAT = '!chat:x' as RoomId;

export function ownOf(roomId: RoomId, kind: 'space' | 'chat', owner: UserId): RoomState {
  const op = opId('test', roomId);
  return { kind, owner, state: 'active', op, ...(kind === 'chat' && { session_id: `chat-${op}` as SessionId }) };
}

/** A room as it is right after it was made for Ann, and she has come. */
export function seenRoom(roomId: RoomId, kind: 'space' | 'chat', more: Partial<SeenRoom> = {}): SeenRoom {
  return {
    roomId,
    own: ownOf(roomId, kind, ANN),
    forgedBy: null,
    isSpace: kind === 'space',
    createdBy: BOT,
    createdAt: 1_000,
    name: { value: roomId, by: BOT },
    memberships: { [ANN]: 'join' },
    children: [],
    successor: null,
    missing: [],
    powerEvent: `$power-${roomId}`,
    ...more,
  };
}

/** The same in the record. */
export function recordedRoom(roomId: RoomId, kind: 'space' | 'chat', more: Partial<RecordedRoom> = {}): RecordedRoom {
  const { owner, state, session_id } = ownOf(roomId, kind, ANN);
  const named = { name: roomId, namedBy: 'nobody' } as const;
  return { roomId, kind, owner, state, sessionId: session_id ?? null, ...named, gone: false, waiting: false, ...more };
}

/** Ann with her Space and one conversation in it, in Matrix and in the record alike. */
export function atHome(): Facts {
  return {
    self: BOT,
    seen: [seenRoom(SPACE, 'space', { children: [CHAT] }), seenRoom(CHAT, 'chat')],
    rooms: [recordedRoom(SPACE, 'space'), recordedRoom(CHAT, 'chat')],
    people: [{ userId: ANN, spaceId: SPACE }],
    told: new Set(),
  };
}

/** The same with rooms changed, by their id; null takes one away, an id that is not there adds it. */
export function changed(
  facts: Facts,
  {
    seen,
    rooms,
    ...rest
  }: { seen?: Changes<SeenRoom>; rooms?: Changes<RecordedRoom> } & Partial<Omit<Facts, 'seen' | 'rooms'>>,
): Facts {
  return { ...facts, seen: change(facts.seen, seen), rooms: change(facts.rooms, rooms), ...rest };
}

type Changes<Room> = Readonly<Record<string, Partial<Room> | null>>;

function change<Room extends { readonly roomId: RoomId }>(rooms: readonly Room[], changes: Changes<Room> = {}): Room[] {
  const known = new Set<string>(rooms.map(({ roomId }) => roomId));
  const fresh = Object.entries(changes).flatMap(([id, room]) => (known.has(id) || room === null ? [] : [room as Room]));
  const kept = rooms.flatMap((room) => {
    const to = changes[room.roomId];
    return to === null ? [] : [{ ...room, ...to }];
  });
  return [...kept, ...fresh];
}
