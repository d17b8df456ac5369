import type { RoomId, UserId } from '../../ids/ids.ts';
import type { Action, Note, Plan } from '../actions.ts';
import type { Facts } from '../facts.ts';
import { type Known, know } from './known.ts';
import { planPerson } from './plan-person.ts';
import { planRecord } from './plan-record.ts';
import { planRoom } from './plan-room.ts';
import { settled } from './settled.ts';
import { withoutTwins } from './twins.ts';

/**
 * What has to be done so that the record and the rooms agree with what Matrix says. A function of the facts alone: the
 * same facts give the same plan, and once it is carried out there is nothing to plan.
 */
export function makePlan(all: Facts): Plan {
  const { facts: single, twins } = withoutTwins(settled(all));
  const known = know(single);
  const { facts } = known;
  const actions: Action[] = [];
  const notes: Note[] = [];
  for (const room of known.ours) actions.push(...planRoom(room, known));
  for (const room of facts.rooms) actions.push(...planRecord(room, known));
  for (const person of peopleOf(known)) {
    const planned = planPerson(person, known);
    actions.push(...planned.actions);
    notes.push(...planned.notes);
  }
  for (const { roomId, forgedBy } of facts.seen)
    if (forgedBy !== null) notes.push({ note: 'forged', room: roomId, by: forgedBy });
  const claimed = new Set<RoomId>(actions.flatMap((action) => (action.do === 'claim' ? [action.room] : [])));
  for (const { roomId, own, createdBy } of facts.seen)
    if (own === null && createdBy === facts.self && !claimed.has(roomId))
      notes.push({ note: 'unknown_room', room: roomId });
  for (const [room, of] of twins) notes.push({ note: 'twin', room, of });
  for (const room of facts.unreadable ?? []) notes.push({ note: 'unreadable', room });
  return { actions, notes };
}

/** Everybody whom Matrix or the record knows, in an order that does not depend on how the facts came. */
function peopleOf({ facts, oursByOwner }: Known): UserId[] {
  return [...new Set([...oursByOwner.keys(), ...facts.people.map(({ userId }) => userId)])].sort();
}
