import { describe } from 'vitest';
import type { OpId, RoomId, SessionId } from '../../ids/ids.ts';
import { type Case, checkCases } from './testing/check-cases.ts';
import { ANN, atHome, BOB, BOT, CHAT, changed, ownOf, recordedRoom, SPACE, seenRoom } from './testing/scenes.ts';

const OTHER = '!other:x' as RoomId;
const NEXT = '!next:x' as RoomId;
const DM = '!dm:x' as RoomId;
const home = atHome();
const archived = { own: { ...ownOf(CHAT, 'chat', ANN), state: 'archived' as const } };
const dm = {
  seen: seenRoom(DM, 'chat', { own: null, createdBy: ANN, name: null }),
  recorded: { ...recordedRoom(DM, 'chat'), kind: 'dm' as const, sessionId: null, name: null },
};
const secondSpace = { own: { ...ownOf(OTHER, 'space', ANN) }, createdAt: 2_000 };

const CASES: readonly Case[] = [
  ['nothing', home, []],
  [
    'the database was lost',
    { ...home, rooms: [], people: [] },
    [
      { do: 'adopt', room: CHAT, state: ownOf(CHAT, 'chat', ANN), name: CHAT, namedBy: 'question' },
      { do: 'adopt', room: SPACE, state: ownOf(SPACE, 'space', ANN), name: SPACE, namedBy: 'question' },
      { do: 'set_space', person: ANN, space: SPACE },
    ],
  ],
  [
    'and with it who gave a room its name: a person',
    changed(home, {
      seen: { [CHAT]: { name: { value: 'Plans', by: ANN } } },
      rooms: { [CHAT]: null },
    }),
    [{ do: 'adopt', room: CHAT, state: ownOf(CHAT, 'chat', ANN), name: 'Plans', namedBy: 'person' }],
  ],
  [
    'or nobody yet, in whatever language',
    changed(home, {
      seen: { [CHAT]: { name: { value: 'Новый разговор', by: BOT } } },
      rooms: { [CHAT]: null },
    }),
    [{ do: 'adopt', room: CHAT, state: ownOf(CHAT, 'chat', ANN), name: 'Новый разговор', namedBy: 'nobody' }],
  ],
  [
    'or its first question',
    changed(home, {
      seen: { [CHAT]: { name: { value: 'Why?', by: BOT } } },
      rooms: { [CHAT]: null },
    }),
    [{ do: 'adopt', room: CHAT, state: ownOf(CHAT, 'chat', ANN), name: 'Why?', namedBy: 'question' }],
  ],
  [
    'the database is an old one: another session, put away since',
    changed(home, {
      seen: { [CHAT]: archived, [SPACE]: { children: [] } },
      rooms: { [CHAT]: { sessionId: 'chat-old' as SessionId } },
    }),
    [{ do: 'correct', room: CHAT, state: archived.own }],
  ],
  [
    'the bot was removed from a room, or the room was deleted',
    changed(home, { seen: { [CHAT]: null } }),
    [{ do: 'mark_gone', room: CHAT, owner: ANN }],
  ],
  [
    'it is known already that it is gone',
    changed(home, { seen: { [CHAT]: null }, rooms: { [CHAT]: { gone: true } } }),
    [],
  ],
  [
    'the bot is in it again',
    changed(home, { rooms: { [CHAT]: { gone: true } } }),
    [{ do: 'mark_back', room: CHAT, owner: ANN }],
  ],
  [
    'it was removed from the DM',
    changed(home, { rooms: { [DM]: dm.recorded } }),
    [{ do: 'mark_gone', room: DM, owner: ANN }],
  ],
  [
    'and is in that again',
    changed(home, { seen: { [DM]: dm.seen }, rooms: { [DM]: { ...dm.recorded, gone: true } } }),
    [{ do: 'mark_back', room: DM, owner: ANN }],
  ],
  [
    'but stays, while the bot may not put rooms into the first',
    changed(home, {
      seen: {
        [SPACE]: { missing: ['links'] },
        [OTHER]: seenRoom(OTHER, 'space', { ...secondSpace, children: [NEXT] }),
        [NEXT]: seenRoom(NEXT, 'chat', { createdAt: 3_000 }),
      },
      rooms: { [OTHER]: recordedRoom(OTHER, 'space'), [NEXT]: recordedRoom(NEXT, 'chat') },
      told: new Set([`$power-${SPACE}`]),
    }),
    [],
  ],
  [
    'a room was made and not linked, its owner not invited',
    changed(home, {
      seen: { [NEXT]: seenRoom(NEXT, 'chat', { memberships: {} }) },
    }),
    [
      { do: 'adopt', room: NEXT, state: ownOf(NEXT, 'chat', ANN), name: NEXT, namedBy: 'question' },
      { do: 'invite', room: NEXT, person: ANN },
      { do: 'link', space: SPACE, room: NEXT },
    ],
  ],
  [
    'a room was made and linked, and does not say what it is',
    changed(home, {
      seen: {
        [SPACE]: { children: [CHAT, NEXT] },
        [NEXT]: seenRoom(NEXT, 'chat', { own: null, memberships: {}, name: null }),
      },
    }),
    [{ do: 'claim', room: NEXT, owner: ANN }],
  ],
  [
    'the same, but somebody else was let in',
    changed(home, {
      seen: {
        [SPACE]: { children: [CHAT, NEXT] },
        [NEXT]: seenRoom(NEXT, 'chat', { own: null, memberships: { [BOB]: 'join' } }),
      },
    }),
    [],
    [{ note: 'unknown_room', room: NEXT }],
  ],
  [
    'a room of the bot that nothing tells anything of',
    changed(home, {
      seen: { [NEXT]: seenRoom(NEXT, 'chat', { own: null, memberships: {} }) },
    }),
    [],
    [{ note: 'unknown_room', room: NEXT }],
  ],
  [
    'a room was replaced',
    changed(home, { seen: { [CHAT]: { successor: NEXT } } }),
    [{ do: 'follow', room: CHAT, successor: NEXT, owner: ANN }],
  ],
  [
    'by one in which the bot may not go on: it was tried',
    changed(home, {
      seen: { [CHAT]: { successor: NEXT } },
      rooms: { [CHAT]: { gone: true } },
    }),
    [],
  ],
  [
    'into which it was let since, without the power that it needs',
    changed(home, {
      seen: {
        [CHAT]: { successor: NEXT },
        [NEXT]: seenRoom(NEXT, 'chat', { own: null, createdBy: ANN, missing: ['state'] }),
      },
      rooms: { [CHAT]: { gone: true } },
    }),
    [],
  ],
  [
    'and with it',
    changed(home, {
      seen: { [CHAT]: { successor: NEXT }, [NEXT]: seenRoom(NEXT, 'chat', { own: null, createdBy: ANN }) },
      rooms: { [CHAT]: { gone: true } },
    }),
    [{ do: 'follow', room: CHAT, successor: NEXT, owner: ANN }],
  ],
  [
    'the conversation goes on there, and the database is older than that',
    changed(home, {
      seen: {
        [SPACE]: { children: [NEXT] },
        [CHAT]: { successor: NEXT },
        [NEXT]: seenRoom(NEXT, 'chat', { own: ownOf(CHAT, 'chat', ANN) }),
      },
    }),
    [
      { do: 'adopt', room: NEXT, state: ownOf(CHAT, 'chat', ANN), name: NEXT, namedBy: 'question' },
      { do: 'mark_gone', room: CHAT, owner: ANN },
    ],
  ],
  [
    'the owner left, while messages wait',
    changed(home, {
      seen: { [CHAT]: { memberships: { [ANN]: 'leave' } } },
      rooms: { [CHAT]: { waiting: true } },
    }),
    [{ do: 'stop', room: CHAT, owner: ANN }],
  ],
  ['the owner left, and nothing waits', changed(home, { seen: { [CHAT]: { memberships: { [ANN]: 'ban' } } } }), []],
  [
    'the bot lost its power',
    changed(home, { seen: { [CHAT]: { missing: ['state', 'invitations'] } } }),
    [{ do: 'tell_power', room: CHAT, owner: ANN, missing: ['state', 'invitations'], powerEvent: `$power-${CHAT}` }],
  ],
  [
    'of which the owner was told',
    changed(home, { seen: { [CHAT]: { missing: ['state'] } }, told: new Set([`$power-${CHAT}`]) }),
    [],
  ],
  [
    'somebody wrote a state like ours into a room of theirs',
    changed(home, {
      seen: { [OTHER]: seenRoom(OTHER, 'chat', { own: null, forgedBy: BOB, createdBy: BOB }) },
    }),
    [],
    [{ note: 'forged', room: OTHER, by: BOB }],
  ],
  [
    'a room was named by hand',
    changed(home, { seen: { [CHAT]: { name: { value: 'Plans', by: ANN } } } }),
    [{ do: 'rename', room: CHAT, name: 'Plans' }],
  ],
  [
    'another room bears the same session',
    changed(home, {
      seen: {
        [OTHER]: seenRoom(OTHER, 'chat', {
          own: { ...ownOf(CHAT, 'chat', BOB), op: 'op-twin' as OpId },
          createdAt: 500,
        }),
      },
    }),
    [],
    [{ note: 'twin', room: OTHER, of: CHAT }],
  ],
  [
    'a room could not be looked at: whose it is, is left alone',
    changed(home, {
      seen: { [CHAT]: null },
      unreadable: [CHAT],
    }),
    [],
    [{ note: 'unreadable', room: CHAT }],
  ],
];

describe('rooms', () => checkCases(CASES));
