import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomId, UserId } from '../../ids/ids.ts';
import { readRoom } from './room-facts.ts';

const self = '@bot:here' as UserId;
const room = '!room:here' as RoomId;
const OWN = { kind: 'chat', owner: '@ann:here', session_id: 's1', state: 'active', op: 'op1' };

type Event = { type: string; content: unknown; sender?: string; state_key?: unknown; [more: string]: unknown };
const state = ({ type, content, sender = self, state_key = '', ...more }: Event) => ({
  ...{ type, content, sender, state_key, event_id: `$${type}`, origin_server_ts: 1_000 },
  ...more,
});
const read = (...events: Event[]) => readRoom(room, events.map(state), self);
const create = (content: object = { room_version: '11' }, sender: string = self): Event => ({
  ...{ type: 'm.room.create', content, sender },
});

test('a whole room', () => {
  const facts = read(
    create({ room_version: '11', type: 'm.space' }),
    { type: 'dev.surfaces.room', content: { ...OWN, kind: 'space' } },
    { type: 'm.room.name', content: { name: ' Ann’s ' }, sender: '@ann:here', origin_server_ts: 2_000 },
    { type: 'm.room.member', state_key: '@ann:here', content: { membership: 'join' }, sender: '@ann:here' },
    { type: 'm.room.member', state_key: self, content: { membership: 'join' } },
    { type: 'm.space.child', state_key: '!a:here', content: { via: ['here'] } },
    { type: 'm.space.child', state_key: '!gone:here', content: {} },
    { type: 'm.room.tombstone', content: { replacement_room: '!next:here' } },
    { type: 'm.room.power_levels', content: { users: { [self]: 100 } } },
  );
  expect(facts).toEqual({
    roomId: room,
    own: { ...OWN, kind: 'space' },
    forgedBy: null,
    isSpace: true,
    createdBy: self,
    createdAt: 1_000,
    name: { value: 'Ann’s', by: '@ann:here' },
    memberships: { '@ann:here': 'join' },
    children: ['!a:here'],
    successor: '!next:here',
    missing: [],
    powerEvent: '$m.room.power_levels',
  });
});

test('our state from somebody else counts for nothing, and says who wrote it', () => {
  const forged = read(create(), { type: 'dev.surfaces.room', content: OWN, sender: '@eve:there' });
  expect(forged).toMatchObject({ own: null, forgedBy: '@eve:there' });
  const elsewhere = read(create(), { type: 'dev.surfaces.room', content: OWN, state_key: 'x' });
  expect(elsewhere).toMatchObject({ own: null, forgedBy: null });
});

test.each<[string, unknown]>([
  ['no content', undefined],
  ['no owner', { ...OWN, owner: 7 }],
  ['an owner who is nobody', { ...OWN, owner: 'ann' }],
  ['the bot as its own owner', { ...OWN, owner: self }],
  ['text that Postgres refuses', { ...OWN, op: 'a\0b' }],
  ['a chat without a session', { ...OWN, session_id: undefined }],
])('our own state with %s is none', (_, content) => {
  expect(read(create(), { type: 'dev.surfaces.room', content }).own).toBeNull();
});

test.each(['', '  ', '\u200b', 'a\nb', 'a\u202eb', 'x'.repeat(101), 7, null, { a: 1 }])(
  'the name %j is none',
  (name) => {
    expect(read(create(), { type: 'm.room.name', content: { name } }).name).toBeNull();
  },
);

test('what leads to itself or to no room leads nowhere', () => {
  for (const replacement_room of [room, 'x', '!a\0', 5, null])
    expect(read(create(), { type: 'm.room.tombstone', content: { replacement_room } }).successor).toBeNull();
  for (const via of [undefined, [], 'here', [4]])
    expect(read(create(), { type: 'm.space.child', state_key: '!a:here', content: { via } }).children).toEqual([]);
});

describe('power', () => {
  const chat = { type: 'dev.surfaces.room', content: OWN };
  const space = { type: 'dev.surfaces.room', content: { ...OWN, kind: 'space' } };
  const power = (content: unknown): Event => ({ type: 'm.room.power_levels', content, event_id: '$p' });
  const mine = (level: unknown) => ({ users: { [self]: level } });
  test.each<[string, Event[], string[]]>([
    ['no event, the bot made it', [create(), chat], []],
    ['no event, somebody else made it', [create({}, '@ann:here'), chat], ['state']],
    ['an empty event: everybody has 0, state takes 50', [create(), chat, power({})], ['state']],
    ['the same in a Space: a link is state', [create(), space, power({})], ['state', 'links']],
    ['content of no shape', [create(), chat, power('all')], ['state']],
    ['100', [create(), space, power(mine(100))], []],
    ['100 as text, as in old rooms', [create(), space, power(mine('100'))], []],
    ['text that is no number', [create(), chat, power(mine('very much'))], ['state']],
    ['by the default of all', [create(), chat, power({ users_default: 50 })], []],
    [
      'our state takes more than other state',
      [create(), chat, power({ ...mine(50), events: { 'dev.surfaces.room': 100 } })],
      ['state'],
    ],
    ['our state takes less', [create(), chat, power({ ...mine(10), events: { 'dev.surfaces.room': 5 } })], []],
    ['links take more', [create(), space, power({ ...mine(50), events: { 'm.space.child': 75 } })], ['links']],
    ['which is nothing to a chat', [create(), chat, power({ ...mine(50), events: { 'm.space.child': 75 } })], []],
    ['messages take more', [create(), chat, power({ ...mine(50), events_default: 51 })], ['messages']],
    [
      'one kind of message takes more',
      [create(), chat, power({ ...mine(50), events: { 'm.room.message': 51 } })],
      ['messages'],
    ],
    ['which is nothing to a Space', [create(), space, power({ ...mine(50), events_default: 100 })], []],
    ['invitations take more', [create(), chat, power({ ...mine(50), invite: 51 })], ['invitations']],
    ['less than nothing', [create(), chat, power(mine(-1))], ['state', 'messages', 'invitations']],
    [
      'version 12: who made it stands above all',
      [create({ room_version: '12' }), chat, power({ state_default: 900 })],
      [],
    ],
    [
      'version 12: so does who was named',
      [create({ room_version: '12', additional_creators: [self] }, '@a:h'), chat, power({})],
      [],
    ],
    [
      'version 11 knows no such thing',
      [create({ room_version: '11', additional_creators: [self] }, '@a:h'), chat, power({})],
      ['state'],
    ],
  ])('%s', (_, events, missing) => {
    expect(read(...events).missing).toEqual(missing);
  });

  test('is told for the event that says it', () => {
    expect(read(create(), power({})).powerEvent).toBe('$p');
    expect(read(create()).powerEvent).toBe('$m.room.create');
    expect(read().powerEvent).toBe(room);
  });
});

describe('anything', () => {
  const types = ['m.room.create', 'm.room.name', 'm.room.member', 'm.room.power_levels', 'm.space.child'];
  const keys = [
    'name',
    'users',
    'events',
    'via',
    'membership',
    'owner',
    'kind',
    '__proto__',
    'replacement_room',
    'type',
  ];
  const content = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()));
  const event = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        type: fc.constantFrom(...types, 'dev.surfaces.room', 'm.room.tombstone'),
        state_key: fc.oneof(fc.constant(''), fc.string({ unit: 'binary' }), fc.jsonValue()),
        sender: fc.oneof(fc.constantFrom(self, '@ann:here', '__proto__'), fc.jsonValue()),
        event_id: fc.oneof(fc.string(), fc.jsonValue()),
        origin_server_ts: fc.oneof(fc.double(), fc.jsonValue()),
        content,
      },
      { requiredKeys: [] },
    ),
  );

  test('never throws, and what comes out can be recorded', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const facts = readRoom(room, events, self);
        expect(JSON.stringify(facts)).not.toMatch(/\\u0000|\\ud[89a-f]/);
        expect(Object.getPrototypeOf(facts.memberships)).toBe(Object.prototype);
      }),
      { numRuns: 2_000 },
    );
  });
});
