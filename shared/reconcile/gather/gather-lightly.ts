import type { RoomId, UserId } from '../../ids/ids.ts';
import { type RoomOnRecord, recordedFacts } from '../../store/recorded-facts.ts';
import type { Plan } from '../actions.ts';
import type { Facts, SeenRoom } from '../facts.ts';
import { ownersIn } from '../owner-of.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Gathering } from './gather.ts';
import { roomsJoined, seeRooms } from './see-rooms.ts';

/**
 * The facts of a light run: Spaces, and rooms that the record does not know, are looked at; any other is assumed to be as
 * the record has it. Where a plan made of this would do something for a person, all rooms of that person are looked at, too,
 * until there is nobody more: what is done follows from what was seen. See README.md.
 */
export async function gatherLightly(gathering: Gathering): Promise<Facts> {
  const { database, http, self, onRooms } = gathering;
  const record = await recordedFacts(database);
  const joined = await roomsJoined(http);
  const recorded = new Map(record.rooms.map((room) => [room.roomId, room]));
  const assumed = new Map<RoomId, SeenRoom>();
  for (const room of joined) {
    const assumption = assume(recorded.get(room), self);
    if (assumption) assumed.set(room, assumption);
  }
  const seen: SeenRoom[] = [];
  const unreadable: RoomId[] = [];
  let next = joined.filter((room) => !assumed.has(room));
  let looked = 0;
  for (;;) {
    looked += next.length;
    onRooms?.(looked);
    const found = await seeRooms(next, gathering);
    seen.push(...found.seen);
    unreadable.push(...found.unreadable);
    const facts = { self, ...record, seen: inOrder([...seen, ...assumed.values()], joined), unreadable };
    next = concernedBy(makePlan(facts), facts).filter((room) => assumed.has(room));
    if (next.length === 0) return facts;
    for (const room of next) assumed.delete(room);
  }
}

/** A room as it is if nothing has happened to it; null where the record does not tell enough for that. */
function assume(room: RoomOnRecord | undefined, self: UserId): SeenRoom | null {
  if (!room || room.gone || room.kind === 'space') return null;
  const { roomId, kind, owner, sessionId, state, op } = room;
  if (kind === 'chat' && (op === null || sessionId === null)) return null;
  return {
    roomId,
    own: kind === 'chat' ? { kind, owner, session_id: sessionId!, state, op: op! } : null,
    forgedBy: null,
    isSpace: false,
    createdBy: kind === 'chat' ? self : owner,
    createdAt: 0,
    name: null,
    memberships: { [owner]: 'join' },
    children: [],
    successor: null,
    missing: [],
    powerEvent: roomId,
  };
}

/** Every room that a plan is about, also by the way, and all others of those for whom it does something. */
function concernedBy({ actions, notes }: Plan, facts: Facts): RoomId[] {
  const people = new Set(actions.map(ownersIn(facts)));
  const theirs = facts.rooms.flatMap(({ roomId, owner }) => (people.has(owner) ? [roomId] : []));
  const named = [...actions, ...notes].flatMap((each) => Object.values(each));
  return [...new Set([...theirs, ...named.filter((text): text is RoomId => typeof text === 'string')])];
}

function inOrder(rooms: readonly SeenRoom[], order: readonly RoomId[]): SeenRoom[] {
  const places = new Map(order.map((room, place) => [room, place]));
  return rooms.toSorted((one, other) => places.get(one.roomId)! - places.get(other.roomId)!);
}
