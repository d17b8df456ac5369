import type { RoomId, UserId } from '../../ids/ids.ts';
import type { RecordedPerson } from '../facts.ts';
import type { OwnedRoom } from './owned-room.ts';

/** Of the Spaces that were made for each person: the one that stays theirs, and those that are to be left. */
export type Spaces = {
  readonly kept: ReadonlyMap<UserId, OwnedRoom>;
  readonly surplus: ReadonlySet<RoomId>;
};

/** @param oursByOwner each person's rooms, from the oldest to the newest. */
export function spacesOf(
  oursByOwner: ReadonlyMap<UserId, readonly OwnedRoom[]>,
  people: ReadonlyMap<UserId, RecordedPerson>,
): Spaces {
  const kept = new Map<UserId, OwnedRoom>();
  const surplus = new Set<RoomId>();
  for (const [owner, rooms] of oursByOwner) {
    const living = rooms.filter(({ successor }) => !successor);
    const inUse = new Set(living.filter((room) => !isSpace(room) && isActive(room)).map(({ roomId }) => roomId));
    const spaces = living.filter(isSpace);
    const active = spaces.filter(isActive);
    const known = people.get(owner)?.spaceId;
    // With conversations in use in it, it is the one that the person uses; of two such, the older one is.
    const best =
      active.find(({ children }) => children.some((child) => inUse.has(child))) ??
      active.find(({ roomId }) => roomId === known) ??
      active[0];
    if (!best) continue;
    kept.set(owner, best);
    for (const { roomId } of spaces) if (roomId !== best.roomId) surplus.add(roomId);
  }
  return { kept, surplus };
}

function isSpace({ own }: OwnedRoom): boolean {
  return own.kind === 'space';
}

function isActive({ own }: OwnedRoom): boolean {
  return own.state === 'active';
}
