import type { UserId } from '../../ids/ids.ts';
import type { Facts } from '../facts.ts';

/**
 * The facts without all that belongs to somebody of whom a room could not be read: that it is not seen says nothing, and
 * what would follow from it (a Space that is gone, another one to be left) must not be done.
 */
export function settled(facts: Facts): Facts {
  const unreadable = new Set(facts.unreadable);
  if (unreadable.size === 0) return facts;
  const unclear = new Set<UserId>();
  for (const { roomId, owner } of facts.rooms) if (unreadable.has(roomId)) unclear.add(owner);
  for (const { userId, spaceId } of facts.people) if (spaceId !== null && unreadable.has(spaceId)) unclear.add(userId);
  return {
    ...facts,
    seen: facts.seen.filter(({ own }) => own === null || !unclear.has(own.owner)),
    rooms: facts.rooms.filter(({ owner }) => !unclear.has(owner)),
    people: facts.people.filter(({ userId }) => !unclear.has(userId)),
  };
}
