import { expect, test } from 'vitest';
import type { EventId, RoomId, UserId } from '../ids/ids.ts';
import { classify } from './classify.ts';
import type { Inbound } from './inbound.ts';

const bot = '@bot:x' as UserId;
const head = { eventId: '$e' as EventId, roomId: '!r:x' as RoomId, sender: '@ann:x' as UserId, originTs: 5 };
const message = (text: string, more: object = {}): Inbound => ({
  kind: 'message',
  ...head,
  text,
  msgtype: 'm.text',
  mentions: [],
  ...more,
});
const place = (inbound: Inbound) => {
  const [classified] = classify(inbound, bot, 9);
  if (classified === undefined) return 'nothing';
  return classified.to === 'item' ? `${classified.lane} ${classified.queue}` : classified.to;
};

test.each([
  ['hello', 'room/!r:x turns'],
  ['!!hello', 'room/!r:x turns'],
  ['!stop', 'control/!r:x commands'],
  ['!да', 'control/!r:x commands'],
  ['!unheard-of', 'control/!r:x commands'],
  ['!clear', 'room/!r:x commands'],
  ['!load 2', 'room/!r:x commands'],
  ['!retry', 'room/!r:x commands'],
  ['!new Trip', 'person/@ann:x commands'],
])('%j goes to %s', (text, expected) => {
  expect(place(message(text))).toBe(expected);
});

test('a yes overtakes, and keeps a place in the room for what it confirms', () => {
  const [yes, place] = classify(message('!да 2', { thread: '$root' }), bot, 9);
  expect(yes).toMatchObject({ key: '$e', lane: 'control/!r:x', body: { type: 'command', name: 'yes' } });
  expect(place).toEqual({
    to: 'item',
    key: 'confirmed-$e',
    lane: 'room/!r:x',
    queue: 'commands',
    keptFor: '$e',
    body: {
      ...{ v: 1, type: 'confirmed', ask: '', room: '!r:x', sender: '@ann:x', event: '$e', originTs: 5, receivedTs: 9 },
      thread: '$root',
    },
  });
  expect(classify(message('!нет'), bot, 9)).toHaveLength(1);
});

test('a file is fetched for a turn, even where its caption looks like a command', () => {
  expect(place(message('!stop', { file: { url: 'mxc://x/y', name: 'a' } }))).toBe('room/!r:x attachments');
});

test('the body of a message', () => {
  expect(classify(message('!!hi', { msgtype: 'm.emote', replyTo: '$z' }), bot, 9)).toMatchObject([
    {
      key: '$e',
      body: {
        v: 1,
        type: 'message',
        room: '!r:x',
        sender: '@ann:x',
        event: '$e',
        originTs: 5,
        receivedTs: 9,
        text: '!hi',
        emote: true,
        replyTo: '$z',
      },
    },
  ]);
});

test('invitations go to the lane of the one who invites', () => {
  const invite: Inbound = { kind: 'invite', ...head, direct: true, space: false, encryptedRoom: false };
  expect(place(invite)).toBe('person/@ann:x commands');
});

test('a command keeps its thread', () => {
  expect(classify(message('!help', { thread: '$root' }), bot, 9)).toMatchObject([{ body: { thread: '$root' } }]);
});

test('an edit amends its target, and is looked at in case it comes too late; a redaction withdraws', () => {
  const edit: Inbound = { kind: 'edit', ...head, text: 'b', msgtype: 'm.text', mentions: [], target: '$t' as EventId };
  expect(classify(edit, bot, 9)).toMatchObject([
    { to: 'amendment', key: '$e', target: '$t', kind: 'replace', body: { text: 'b', editOf: '$t' } },
    { to: 'item', key: '$e', lane: 'control/!r:x', queue: 'commands', body: { type: 'edited', target: '$t' } },
  ]);
  const redaction: Inbound = { kind: 'redaction', ...head, target: '$t' as EventId };
  expect(classify(redaction, bot, 9)).toEqual([{ to: 'amendment', key: '$e', target: '$t', kind: 'withdraw' }]);
});

test('our own events, who comes, and state that is not ours to follow are nothing', () => {
  expect(place({ ...message('hi'), sender: bot } as Inbound)).toBe('nothing');
  expect(place({ kind: 'member', ...head, user: head.sender, membership: 'join' })).toBe('nothing');
  expect(place({ kind: 'state', ...head, type: 'm.room.topic', stateKey: '' })).toBe('nothing');
  expect(place({ kind: 'state', ...head, type: 'm.room.name', stateKey: 'x' })).toBe('nothing');
});

test('that somebody went, changed the room, or wrote what we cannot read is told to the control lane', () => {
  expect(place({ kind: 'member', ...head, user: bot, membership: 'ban' })).toBe('control/!r:x commands');
  expect(place({ kind: 'member', ...head, user: head.sender, membership: 'leave' })).toBe('control/!r:x commands');
  const name: Inbound = { kind: 'state', ...head, type: 'm.room.name', stateKey: '', value: 'Trip' };
  expect(classify(name, bot, 9)).toMatchObject([
    { lane: 'control/!r:x', queue: 'commands', body: { type: 'changed', what: 'name', value: 'Trip' } },
  ]);
  expect(place({ kind: 'encrypted', ...head })).toBe('control/!r:x commands');
});
