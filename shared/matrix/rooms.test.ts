import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { field, textField } from '../config/json.ts';
import { opId, type RoomId, type SessionId } from '../ids/ids.ts';
import { displayName, versions, whoami } from './account.ts';
import { createMatrixHttp } from './http.ts';
import { findOwnRooms, ownState } from './own-rooms.ts';
import type { RoomState } from './room-state.ts';
import * as rooms from './rooms.ts';
import { HOMESERVER, newPerson, type TestPerson } from './test-people.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

describe.skipIf(!HOMESERVER)('rooms, on a real homeserver', () => {
  let bot: TestPerson;
  let ann: TestPerson;
  let space: RoomId;
  let chat: RoomId;
  const op = opId('test', Date.now());
  beforeAll(async () => {
    bot = await newPerson('bot', { bot: true });
    ann = await newPerson('ann', { bot: true });
    const common = { self: bot.userId, invite: [ann.userId] };
    const state = (kind: RoomState['kind'], more: object = {}): RoomState => ({
      kind,
      owner: ann.userId,
      state: 'active',
      op,
      ...more,
    });
    space = await rooms.createRoom(bot.http, { ...common, state: state('space'), name: 'Ann’s' });
    const chatState = state('chat', { session_id: 'chat-1' as SessionId, op: opId('chat', op) });
    chat = await rooms.createRoom(bot.http, {
      ...common,
      state: chatState,
      name: 'First',
      topic: 'What',
      parent: space,
    });
    await rooms.linkChild(bot.http, space, chat, bot.userId);
  });
  afterAll(async () => {
    await bot.http.close();
    await ann.http.close();
  });

  test('a Space with a chat in it, each naming the other', async () => {
    const topology = await rooms.roomState(bot.http, space);
    const of = (type: string) => topology.filter((event) => textField(event, 'type') === type);
    expect(field(of('m.room.create')[0], 'content')).toMatchObject({ type: 'm.space', room_version: '11' });
    expect(of('m.space.child').map((event) => textField(event, 'state_key'))).toEqual([chat]);
    expect(await rooms.stateContent(bot.http, chat, 'm.space.parent', space)).toMatchObject({ canonical: true });
    expect(await rooms.stateContent(bot.http, chat, 'm.room.encryption', '')).toBeUndefined();
    await rooms.unlinkChild(bot.http, space, chat);
    await rooms.linkChild(bot.http, space, chat, bot.userId);
  });

  test('the person joins, may rename and invite, and may not touch our state', async () => {
    await rooms.joinRoom(ann.http, space);
    await rooms.joinRoom(ann.http, chat);
    expect(await rooms.joinedMembers(bot.http, chat)).toContain(ann.userId);
    await rooms.putState(ann.http, chat, 'm.room.name', '', { name: 'Mine' });
    const guest = await newPerson('guest');
    expect(await rooms.invite(ann.http, chat, guest.userId)).toBe('invited');
    expect(await rooms.invite(ann.http, chat, guest.userId)).toBe('there');
    for (const [room, type, key] of [
      [chat, 'dev.surfaces.room', ''],
      [space, 'm.space.child', chat],
      [chat, 'm.room.power_levels', ''],
      [chat, 'm.room.encryption', ''],
    ] as const) {
      await expect(rooms.putState(ann.http, room, type, key, { x: 1 })).rejects.toMatchObject({ status: 403 });
    }
    await guest.http.close();
  });

  test('own rooms are found by our state, and what others write of that type is not ours', async () => {
    const { room_id: foreign } = await ann.http.request<{ room_id: RoomId }>({
      kind: 'test',
      method: 'POST',
      path: '/_matrix/client/v3/createRoom',
      body: {
        room_version: '11',
        invite: [bot.userId],
        initial_state: [
          {
            type: 'dev.surfaces.room',
            state_key: '',
            content: { kind: 'space', owner: ann.userId, state: 'active', op },
          },
        ],
      },
    });
    await rooms.joinRoom(bot.http, foreign);
    expect((await findOwnRooms(bot.http, bot.userId)).map((room) => room.roomId).toSorted()).toEqual(
      [space, chat].toSorted(),
    );
    expect(await findOwnRooms(bot.http, bot.userId, ({ state }) => state.op === op)).toMatchObject([{ roomId: space }]);
    expect(await ownState(bot.http, chat, bot.userId)).toMatchObject({ kind: 'chat', session_id: 'chat-1' });
    expect(await ownState(bot.http, '!nowhere:x' as RoomId, bot.userId)).toBeUndefined();
    await rooms.leaveRoom(bot.http, foreign);
    expect(await rooms.joinedRooms(bot.http)).not.toContain(foreign);
  });

  test('who we are, and a wrong token', async () => {
    expect(await whoami(bot.http)).toEqual({ userId: bot.userId, deviceId: bot.deviceId });
    expect(await versions(bot.http)).toContain('v1.11');
    expect(await displayName(bot.http, ann.userId)).toMatch(/^ann-/);
    const wrong = createMatrixHttp({ baseUrl: HOMESERVER!, accessToken: 'syt_wrong' });
    await expect(whoami(wrong)).rejects.toMatchObject({ code: 'matrix_token_invalid' });
    await wrong.close();
  });
});
