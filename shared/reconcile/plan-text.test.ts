import { expect, test } from 'vitest';
import type { RoomId, SessionId, UserId } from '../ids/ids.ts';
import type { Action, Note } from './actions.ts';
import type { Facts } from './facts.ts';
import { planText } from './plan-text.ts';
import { countsText } from './result-text.ts';

const [ann, ben] = ['@ann:here', '@ben:here'] as [UserId, UserId];
const [one, two, space] = ['!one', '!two', '!space'] as [RoomId, RoomId, RoomId];
const state = {
  kind: 'chat',
  owner: ann,
  state: 'archived',
  session_id: 's1' as SessionId,
  op: 'op' as never,
} as const;
const facts: Facts = {
  self: '@bot:here' as UserId,
  seen: [
    {
      roomId: space,
      own: { kind: 'space', owner: ben, state: 'active', op: 'op' as never },
      ...{ forgedBy: null, isSpace: true, createdBy: '@bot:here' as UserId, createdAt: 1, children: [], missing: [] },
      ...{ memberships: {}, successor: null, powerEvent: '$p', name: { value: 'Ben’s\u001b[31m', by: ben } },
    },
  ],
  rooms: [
    {
      ...{ roomId: one, kind: 'chat', owner: ann, sessionId: 's0' as SessionId, state: 'active', name: 'Garden' },
      ...{ namedBy: 'nobody', gone: false, waiting: false },
    },
  ],
  people: [],
  told: new Set(),
};
const show = (actions: Action[], notes: Note[] = []) =>
  planText({ plan: { actions, notes }, facts, rooms: 1_200, ms: 2_345 });

test('a plan is shown person by person, in words', () => {
  const text = show(
    [
      { do: 'correct', room: one, state },
      { do: 'link', space, room: two },
      { do: 'mark_gone', room: two, owner: ann },
      { do: 'tell_power', room: one, owner: ann, missing: ['state', 'messages'], powerEvent: '$p' },
    ],
    [{ note: 'forged', room: one, by: ben }],
  );
  expect(text).toBe(`@ann:here
  correct “Garden” (!one): session s0 → s1, state active → archived
  mark !two as gone: the bot is not in it any more
  tell them that the bot may not write its own state, write messages in “Garden” (!one)

@ben:here
  put !two into the Space “Ben’s[31m” (!space)

To know
  “Garden” (!one) has our state from @ben:here: it counts for nothing

1,200 rooms compared in 2.3 s. 4 to do; nothing was done yet.
`);
});

test('and where there is nothing, that is said', () => {
  expect(show([])).toBe('1,200 rooms compared in 2.3 s. Nothing is to be done.\n');
  expect(countsText({})).toBe('');
  expect(countsText({ link: 2, adopt: 1 })).toBe('1 room taken into the database, 2 rooms put into their Spaces');
});
