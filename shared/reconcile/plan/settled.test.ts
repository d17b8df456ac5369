import { expect, test } from 'vitest';
import type { RoomId, UserId } from '../../ids/ids.ts';
import type { Facts, SeenRoom } from '../facts.ts';
import { makePlan } from './make-plan.ts';

const [ann, ben] = ['@ann:here', '@ben:here'] as [UserId, UserId];
const id = (name: string) => `!${name}` as RoomId;

const space = (name: string, owner: UserId): SeenRoom => ({
  roomId: id(name),
  own: { kind: 'space', owner, state: 'active', op: `op-${name}` as never },
  ...{ forgedBy: null, isSpace: true, createdBy: '@bot:here' as UserId, createdAt: 1, name: null, children: [] },
  ...{ memberships: { [owner]: 'join' as const }, successor: null, missing: [], powerEvent: '$p' },
});
const facts: Facts = {
  self: '@bot:here' as UserId,
  seen: [space('surplus', ann), space('bens', ben)],
  rooms: [id('anns'), id('lost')].map((roomId) => ({
    ...{ roomId, kind: 'space', owner: ann, sessionId: null, state: 'active', name: null, namedBy: 'nobody' },
    ...{ gone: false, waiting: false },
  })),
  people: [{ userId: ann, spaceId: id('anns') }],
  told: new Set(),
};

test('of whom a room cannot be read, nothing is touched; and of everybody else all', () => {
  const about = ({ actions }: ReturnType<typeof makePlan>) => actions.map((each) => each.do).sort();
  expect(about(makePlan(facts))).toEqual(['adopt', 'adopt', 'mark_gone', 'mark_gone', 'set_space', 'set_space']);
  const plan = makePlan({ ...facts, unreadable: [id('anns')] });
  expect(plan.actions).toMatchObject([
    { do: 'adopt', room: id('bens') },
    { do: 'set_space', person: ben, space: id('bens') },
  ]);
  expect(plan.notes).toEqual([{ note: 'unreadable', room: id('anns') }]);
  // The Space of somebody whose rows are lost but for it.
  expect(about(makePlan({ ...facts, rooms: [], unreadable: [id('anns')] }))).toEqual(['adopt', 'set_space']);
});
