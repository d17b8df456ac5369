import { expect, test } from 'vitest';
import type { RoomId, SessionId, UserId } from '../../ids/ids.ts';
import type { Facts, RecordedRoom, SeenRoom } from '../facts.ts';
import { makePlan } from './make-plan.ts';
import { withoutTwins } from './twins.ts';

const owner = '@ann:here' as UserId;
const id = (name: string) => `!${name}` as RoomId;

function seen(name: string, session: string, createdAt: number, successor: string | null = null): SeenRoom {
  return {
    roomId: id(name),
    own: { kind: 'chat', owner, state: 'active', session_id: session as SessionId, op: `op-${name}` as never },
    ...{ forgedBy: null, isSpace: false, createdBy: '@bot:here' as UserId, createdAt, name: null, children: [] },
    ...{ memberships: { [owner]: 'join' as const }, missing: [], powerEvent: '$p' },
    successor: successor === null ? null : id(successor),
  };
}
const recorded = (name: string, session: string): RecordedRoom => ({
  ...{ roomId: id(name), kind: 'chat', owner, sessionId: session as SessionId, state: 'active', name: null },
  ...{ namedBy: 'nobody', gone: false, waiting: false },
});
const facts = (rooms: SeenRoom[], record: RecordedRoom[] = []): Facts => ({
  ...{ self: '@bot:here' as UserId, seen: rooms, rooms: record, people: [], told: new Set() },
});

test('of two rooms with one session, the recorded one keeps it; else the older one', () => {
  const rooms = [seen('a', 's', 1), seen('b', 's', 2), seen('c', 'other', 3)];
  expect([...withoutTwins(facts(rooms)).twins]).toEqual([[id('b'), id('a')]]);
  expect([...withoutTwins(facts(rooms, [recorded('b', 's')])).twins]).toEqual([[id('a'), id('b')]]);
});

test('nothing is done about a twin, also where the record knows it by another session', () => {
  const rooms = [seen('a', 's', 1), seen('b', 's', 2)];
  const plan = makePlan(facts(rooms, [recorded('a', 's'), recorded('b', 'older')]));
  expect(plan.actions).toEqual([]);
  expect(plan.notes).toContainEqual({ note: 'twin', room: id('b'), of: id('a') });
});

test('a room and the one that has taken its place are no twins', () => {
  expect(withoutTwins(facts([seen('a', 's', 1, 'b'), seen('b', 's', 2)])).twins.size).toBe(0);
});
