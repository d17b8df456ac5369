import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpId, RoomId, SessionId } from '../../../shared/ids/ids.ts';
import { path } from '../../../shared/matrix/http.ts';
import { ownState } from '../../../shared/matrix/own-rooms.ts';
import { createRoom, linkChild, stateContent } from '../../../shared/matrix/rooms.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { putPerson } from '../../../shared/store/people.ts';
import { findRoom, putRoom } from '../../../shared/store/rooms.ts';
import { MendWorld } from '../mend/test-world.ts';
import { followUpgrade } from './follow-upgrade.ts';

let world: MendWorld;
beforeAll(async () => {
  world = await MendWorld.open();
});
afterAll(() => world.close());

test('a conversation goes on in the room that takes the place of its own, however often this is tried', async () => {
  const { database, bot, ann } = world;
  const parts = { database, http: bot.http, self: bot.userId, log: createLog('silent', {}) };
  const owner = ann.userId;
  const make = (kind: 'space' | 'chat', op: string, parent?: RoomId) =>
    createRoom(bot.http, {
      self: bot.userId,
      name: kind,
      invite: [],
      ...(parent && { parent }),
      state: {
        kind,
        owner,
        state: 'active',
        op: op as OpId,
        ...(kind === 'chat' && { session_id: 'chat-1' as SessionId }),
      },
    });
  const space = await make('space', 'op-space');
  const old = await make('chat', 'op-chat', space);
  await linkChild(bot.http, space, old, bot.userId);
  await putPerson(database, { userId: owner, spaceId: space });
  await putRoom(
    database,
    { roomId: old, kind: 'chat', owner, sessionId: 'chat-1' as SessionId, state: 'active', name: 'chat' },
    'op-chat',
  );
  const { replacement_room: successor } = await bot.http.request<{ replacement_room: RoomId }>({
    kind: 'test',
    method: 'POST',
    path: path`/_matrix/client/v3/rooms/${old}/upgrade`,
    body: { new_version: '10' },
  });

  for (let times = 0; times < 2; times += 1) {
    expect(await followUpgrade(old, successor, parts)).toBe('followed');
    expect(await ownState(bot.http, successor, bot.userId)).toMatchObject({
      owner,
      session_id: 'chat-1',
      state: 'active',
    });
    expect(await findRoom(database, successor)).toMatchObject({ owner, sessionId: 'chat-1' });
    expect(await findRoom(database, old)).toBeNull();
    expect((await stateContent(bot.http, space, 'm.space.child', successor))?.via).toBeDefined();
    expect(await stateContent(bot.http, space, 'm.space.child', old)).toEqual({});
  }
  expect(await followUpgrade(old, '!nowhere:surfaces.localhost' as RoomId, parts)).toBe('refused');
});
