import type { RoomId, UserId } from '../../ids/ids.ts';
import type { Facts, RecordedPerson, RecordedRoom, SeenRoom } from '../facts.ts';
import { isOurs, type OwnedRoom } from './owned-room.ts';
import { type Spaces, spacesOf } from './spaces.ts';

/** The facts, in an order of their own, and so that each can be found. */
export type Known = {
  readonly facts: Facts;
  readonly seen: ReadonlyMap<RoomId, SeenRoom>;
  readonly recorded: ReadonlyMap<RoomId, RecordedRoom>;
  readonly person: ReadonlyMap<UserId, RecordedPerson>;
  /** Rooms of ours that live: not those whose successor is one of ours. */
  readonly ours: readonly OwnedRoom[];
  readonly oursByOwner: ReadonlyMap<UserId, readonly OwnedRoom[]>;
  readonly spaces: Spaces;
};

export function know(unordered: Facts): Known {
  const facts = inOrder(unordered);
  const seen = new Map(facts.seen.map((room) => [room.roomId, room]));
  const recorded = new Map(facts.rooms.map((room) => [room.roomId, room]));
  const ours = facts.seen.filter(isOurs).filter((room) => !heirOf(room, seen));
  const oursByOwner = Map.groupBy(ours, ({ own }) => own.owner);
  const person = new Map(facts.people.map((known) => [known.userId, known]));
  return { facts, seen, recorded, person, ours, oursByOwner, spaces: spacesOf(oursByOwner, person) };
}

/** The room of ours that has taken this one's place. */
export function heirOf({ successor }: SeenRoom, seen: Known['seen']): OwnedRoom | undefined {
  const heir = successor === null ? undefined : seen.get(successor);
  return heir && isOurs(heir) ? heir : undefined;
}

/** The oldest room first, which is also the order in which a Space lists what is linked one after the other. */
function inOrder(facts: Facts): Facts {
  const byAge = (one: SeenRoom, other: SeenRoom) => one.createdAt - other.createdAt || byId(one, other);
  return {
    ...facts,
    seen: facts.seen.toSorted(byAge).map((room) => ({ ...room, children: room.children.toSorted() })),
    rooms: facts.rooms.toSorted(byId),
  };
}

function byId(one: { readonly roomId: RoomId }, other: { readonly roomId: RoomId }): number {
  return one.roomId < other.roomId ? -1 : Number(one.roomId > other.roomId);
}
