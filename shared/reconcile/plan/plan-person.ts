import type { RoomId, UserId } from '../../ids/ids.ts';
import type { Action, Note } from '../actions.ts';
import type { SeenRoom } from '../facts.ts';
import type { Known } from './known.ts';
import type { OwnedRoom } from './owned-room.ts';

/** What a person's Space needs: to be the one that is recorded, the only one, and to link to each room that is in use. */
export function planPerson(person: UserId, known: Known): { actions: Action[]; notes: Note[] } {
  const mine = (known.oursByOwner.get(person) ?? []).filter(({ successor }) => !successor);
  const chats = mine.filter(({ own }) => own.kind === 'chat');
  const kept = known.spaces.kept.get(person);
  const recorded = known.person.get(person)?.spaceId ?? null;
  const actions: Action[] = [];
  const notes: Note[] = [];
  if (!kept) {
    if (recorded !== null && !isFollowed(recorded, known)) actions.push({ do: 'set_space', person, space: null });
    const inUse = chats.filter(({ own }) => own.state === 'active').length;
    // A Space that its owner deleted is not made anew behind their back: the next command of theirs makes one.
    if (inUse > 0) notes.push({ note: 'without_space', person, rooms: inUse });
    return { actions, notes };
  }
  if (recorded !== kept.roomId) actions.push({ do: 'set_space', person, space: kept.roomId });
  // Where it cannot take the rooms of the others, these stay until it can.
  if (kept.missing.includes('links')) return { actions, notes };
  actions.push(...linksOf(kept, chats), ...claimsOf(kept, person, known));
  for (const other of mine)
    if (known.spaces.surplus.has(other.roomId)) actions.push(...leaving(other, kept, chats, person));
  return { actions, notes };
}

/** It was upgraded, and goes on in the room that the `follow` of this plan leads to. */
function isFollowed(space: RoomId, { seen, recorded }: Known): boolean {
  const there = seen.get(space);
  return Boolean(there?.own && there.successor && !recorded.get(space)?.gone);
}

function linksOf({ roomId: space, children }: OwnedRoom, chats: readonly OwnedRoom[]): Action[] {
  return chats.flatMap(({ roomId: room, own }): Action[] => {
    const linked = children.includes(room);
    if (own.state === 'active' && !linked) return [{ do: 'link', space, room }];
    return own.state === 'archived' && linked ? [{ do: 'unlink', space, room }] : [];
  });
}

/** A room of the bot's making that lost our state, or never came to it. */
function claimsOf({ children }: OwnedRoom, owner: UserId, known: Known): Action[] {
  return children.flatMap((child): Action[] => {
    const room = known.seen.get(child);
    return room && isClaimable(room, owner, known) ? [{ do: 'claim', room: child, owner }] : [];
  });
}

/** The link alone does not make a room theirs: nobody else may have been let in in their place. */
function isClaimable(room: SeenRoom, owner: UserId, { facts, recorded, spaces }: Known): boolean {
  const { roomId, own, createdBy, isSpace, successor, missing, memberships } = room;
  if (own !== null || createdBy !== facts.self || isSpace || successor || missing.includes('state')) return false;
  const isSomebodyElses = [...spaces.kept].some(
    ([person, { children }]) => person !== owner && children.includes(roomId),
  );
  if (isSomebodyElses || (recorded.get(roomId)?.owner ?? owner) !== owner) return false;
  return memberships[owner] !== undefined || Object.keys(memberships).length === 0;
}

/** Its rooms are linked from the Space that is kept by then, since all rooms in use are. */
function leaving(other: OwnedRoom, kept: OwnedRoom, chats: readonly OwnedRoom[], owner: UserId): Action[] {
  if (other.missing.includes('links') || other.missing.includes('state')) return [];
  const ours = other.children.filter((child) => chats.some(({ roomId }) => roomId === child));
  return [
    ...ours.map((room): Action => ({ do: 'unlink', space: other.roomId, room })),
    { do: 'leave_space', space: other.roomId, owner, kept: kept.roomId },
  ];
}
