import { describe } from 'vitest';
import type { RoomId } from '../../ids/ids.ts';
import { type Case, checkCases } from './testing/check-cases.ts';
import { ANN, atHome, CHAT, changed, ownOf, recordedRoom, SPACE, seenRoom } from './testing/scenes.ts';

const OTHER = '!other:x' as RoomId;
const NEXT = '!next:x' as RoomId;
const home = atHome();
const archived = { own: { ...ownOf(CHAT, 'chat', ANN), state: 'archived' as const } };
const secondSpace = { own: { ...ownOf(OTHER, 'space', ANN) }, createdAt: 2_000 };

const CASES: readonly Case[] = [
  [
    'a room is not in the Space, or its link was emptied by hand',
    changed(home, { seen: { [SPACE]: { children: [] } } }),
    [{ do: 'link', space: SPACE, room: CHAT }],
  ],
  [
    'a room was put away, and is in the Space still',
    changed(home, {
      seen: { [CHAT]: archived },
      rooms: { [CHAT]: { state: 'archived' } },
    }),
    [{ do: 'unlink', space: SPACE, room: CHAT }],
  ],
  [
    'the Space was deleted',
    changed(home, { seen: { [SPACE]: null } }),
    [
      { do: 'mark_gone', room: SPACE, owner: ANN },
      { do: 'set_space', person: ANN, space: null },
    ],
    [{ note: 'without_space', person: ANN, rooms: 1 }],
  ],
  ['its owner left the Space', changed(home, { seen: { [SPACE]: { memberships: { [ANN]: 'leave' } } } }), []],
  [
    'a second Space was made: the older one has the rooms',
    changed(home, { seen: { [OTHER]: seenRoom(OTHER, 'space', secondSpace) } }),
    [
      { do: 'adopt', room: OTHER, state: secondSpace.own, name: OTHER, namedBy: 'question' },
      { do: 'leave_space', space: OTHER, owner: ANN, kept: SPACE },
    ],
  ],
  [
    'a second Space: it has the rooms, so the older one is left',
    changed(home, {
      seen: { [SPACE]: { children: [] }, [OTHER]: seenRoom(OTHER, 'space', { ...secondSpace, children: [CHAT] }) },
      rooms: { [OTHER]: recordedRoom(OTHER, 'space') },
    }),
    [
      { do: 'set_space', person: ANN, space: OTHER },
      { do: 'leave_space', space: SPACE, owner: ANN, kept: OTHER },
    ],
  ],
  [
    'a second Space with rooms of its own: they move, then it is left',
    changed(home, {
      seen: {
        [OTHER]: seenRoom(OTHER, 'space', { ...secondSpace, children: [NEXT, CHAT] }),
        [NEXT]: seenRoom(NEXT, 'chat', { createdAt: 3_000 }),
      },
      rooms: { [OTHER]: recordedRoom(OTHER, 'space'), [NEXT]: recordedRoom(NEXT, 'chat') },
    }),
    [
      { do: 'link', space: SPACE, room: NEXT },
      { do: 'unlink', space: OTHER, room: CHAT },
      { do: 'unlink', space: OTHER, room: NEXT },
      { do: 'leave_space', space: OTHER, owner: ANN, kept: SPACE },
    ],
  ],
  [
    'the worker died over it: the second Space says that it is left, and is not',
    changed(home, {
      seen: { [OTHER]: seenRoom(OTHER, 'space', { own: { ...secondSpace.own, state: 'archived' } }) },
      rooms: { [OTHER]: recordedRoom(OTHER, 'space', { state: 'archived' }) },
    }),
    [{ do: 'leave_space', space: OTHER, owner: ANN, kept: SPACE }],
  ],
  [
    'the Space was replaced: it is not taken for lost',
    changed(home, { seen: { [SPACE]: { successor: NEXT } } }),
    [{ do: 'follow', room: SPACE, successor: NEXT, owner: ANN }],
    [{ note: 'without_space', person: ANN, rooms: 1 }],
  ],
  [
    'the Space cannot be changed: nothing is tried there',
    changed(home, {
      seen: { [SPACE]: { missing: ['links'], children: [] } },
      told: new Set([`$power-${SPACE}`]),
    }),
    [],
  ],
];

describe('Spaces', () => checkCases(CASES));
