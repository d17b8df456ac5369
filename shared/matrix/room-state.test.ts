import { expect, test } from 'vitest';
import { type OpId, type RoomId, type SessionId, serverOf, type UserId } from '../ids/ids.ts';
import { initialState, powerLevels, type RoomState, readRoomState } from './room-state.ts';

const bot = '@bot:a.example:8448' as UserId;
const ann = '@ann:b.example' as UserId;
const chat: RoomState = { kind: 'chat', owner: ann, session_id: 's' as SessionId, state: 'active', op: 'o' as OpId };

/** What a user may do, by the rules of the specification. */
function may(kind: 'space' | 'chat', user: UserId, event: string, state: boolean): boolean {
  const levels = powerLevels(kind, bot, ann);
  const own = levels.users?.[user] ?? levels.users_default ?? 0;
  return own >= (levels.events?.[event] ?? (state ? (levels.state_default ?? 50) : (levels.events_default ?? 0)));
}

test('nobody but the bot touches what the bot lives by', () => {
  for (const event of [
    'dev.surfaces.room',
    'm.space.child',
    'm.space.parent',
    'm.room.power_levels',
    'm.room.encryption',
    'any.other',
  ]) {
    expect(may('chat', ann, event, true)).toBe(false);
    expect(may('chat', bot, event, true)).toBe(true);
  }
});

test('the owner invites, renames and talks; a guest talks; in a Space nobody does', () => {
  const levels = powerLevels('chat', bot, ann);
  expect(levels.invite).toBe(50);
  expect(levels.users?.[ann]).toBe(50);
  expect(levels.users_default).toBe(0);
  expect(may('chat', ann, 'm.room.name', true)).toBe(true);
  expect(may('chat', '@guest:x' as UserId, 'm.room.name', true)).toBe(false);
  expect(may('chat', '@guest:x' as UserId, 'm.room.message', false)).toBe(true);
  expect(may('space', ann, 'm.room.message', false)).toBe(false);
});

test('our state counts only whole and from us', () => {
  const event = { type: 'dev.surfaces.room', sender: bot, state_key: '', content: { ...chat } };
  expect(readRoomState(event, bot)).toEqual(chat);
  expect(readRoomState({ ...event, sender: ann }, bot)).toBeUndefined();
  expect(readRoomState({ ...event, content: { ...chat, session_id: 7 } }, bot)).toBeUndefined();
  expect(readRoomState({ ...event, content: { ...chat, kind: 'other' } }, bot)).toBeUndefined();
  expect(readRoomState(null, bot)).toBeUndefined();
});

test('a chat names its Space as its parent', () => {
  const state = initialState(chat, { space: '!space' as RoomId, via: serverOf(bot) });
  expect(state.find((event) => event.type === 'm.space.parent')).toMatchObject({
    state_key: '!space',
    content: { via: ['a.example:8448'], canonical: true },
  });
  expect(initialState({ ...chat, kind: 'space' }, undefined).map((event) => event.type)).not.toContain(
    'm.space.parent',
  );
});
