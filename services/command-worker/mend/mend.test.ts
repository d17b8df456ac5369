import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { opId, type RoomId } from '../../../shared/ids/ids.ts';
import { enqueue } from '../../../shared/lane/enqueue.ts';
import type { RoomState } from '../../../shared/matrix/room-state.ts';
import { joinedRooms, joinRoom, linkChild, putState, unlinkChild } from '../../../shared/matrix/rooms.ts';
import { HOMESERVER } from '../../../shared/matrix/test-people.ts';
import { findPerson } from '../../../shared/store/people.ts';
import { chatsOf, findRoom, lastChatOf } from '../../../shared/store/rooms.ts';
import { MendWorld } from './test-world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const NOWHERE = '!nowhere:surfaces.localhost' as RoomId;

describe.skipIf(!HOMESERVER)('what is mended, wherever the worker dies over it', () => {
  let world: MendWorld;
  let owner: MendWorld['ann']['userId'];
  beforeAll(async () => {
    world = await MendWorld.open();
    owner = world.ann.userId;
  });
  afterAll(() => world.close());
  const ownState = (room: RoomId) => world.state<RoomState>(room, 'dev.surfaces.room');

  test('a link that is missing, and one that should not be there', async () => {
    const { space, chat } = await world.home();
    await unlinkChild(world.bot.http, space, chat);
    expect(await world.mend({ do: 'unlink', space, room: chat })).toEqual([]);
    expect(await world.mend({ do: 'link', space, room: chat })).toEqual([]);
    expect(await world.isLinked(space, chat)).toBe(true);
    // It is in use: it stays, whatever an older plan said.
    await world.mend({ do: 'unlink', space, room: chat });
    expect(await world.isLinked(space, chat)).toBe(true);

    await putState(world.bot.http, chat, 'dev.surfaces.room', '', { ...(await ownState(chat)), state: 'archived' });
    await world.mend({ do: 'unlink', space, room: chat });
    expect(await world.isLinked(space, chat)).toBe(false);
    await world.mend({ do: 'link', space, room: chat });
    expect(await world.isLinked(space, chat)).toBe(false);
  });

  test('a link keeps the place that a person gave it, and goes into nobody else’s Space', async () => {
    const { space, chat } = await world.home();
    const ordered = { via: ['somewhere.example'], order: 'a' };
    await putState(world.bot.http, space, 'm.space.child', chat, ordered);
    await world.mend({ do: 'link', space, room: chat });
    expect(await world.state(space, 'm.space.child', chat)).toEqual(ordered);
    const other = await world.make('space');
    await world.mend({ do: 'link', space: other, room: chat });
    expect(await world.isLinked(other, chat)).toBe(false);
  });

  test('a second Space, which is emptied and left; its owner is told once', async () => {
    const { space, chat, dm } = await world.home();
    const second = await world.make('space');
    const moved = await world.make('chat', { parent: second });
    await linkChild(world.bot.http, second, moved, world.bot.userId);
    await world.record(moved, 'chat');
    const leaving = { do: 'leave_space', space: second, owner, kept: space };

    // Not before its conversation is in the other one.
    await world.mend({ do: 'unlink', space: second, room: moved });
    expect(await world.mend(leaving)).toEqual([]);
    expect(await world.isLinked(second, moved)).toBe(true);
    await world.mend({ do: 'link', space, room: moved });
    await world.mend({ do: 'unlink', space: second, room: moved });
    expect(await world.mend(leaving)).toMatchObject([{ kind: 'notice', text: expect.stringContaining('two Spaces') }]);
    expect(await joinedRooms(world.bot.http)).not.toContain(second);
    expect(await ownState(second)).toMatchObject({ state: 'archived' });
    for (const room of [chat, moved]) expect(await world.isLinked(space, room)).toBe(true);
    expect(await world.mendOnce(leaving)).toEqual([]);
    expect((await findPerson(world.database, owner))?.spaceId).toBe(space);
    // The Space that is kept is never left.
    expect(await world.mend({ do: 'leave_space', space, owner, kept: second })).toEqual([]);
    expect(await joinedRooms(world.bot.http)).toEqual(expect.arrayContaining([space, dm]));
  });

  test('the invitation of a creation that was interrupted; nobody is invited who left', async () => {
    const room = await world.make('chat', { invite: false });
    await world.mend({ do: 'invite', room, person: owner });
    expect(await world.membership(room, owner)).toBe('invite');
    await world.act(world.ann, room, 'leave');
    await world.mend({ do: 'invite', room, person: owner });
    expect(await world.membership(room, owner)).toBe('leave');
  });

  test('a room that does not say what it is becomes a conversation of whose Space it is in', async () => {
    const { space } = await world.home();
    const { room_id: room } = await world.bot.http.request<{ room_id: RoomId }>({
      kind: 'test',
      method: 'POST',
      path: '/_matrix/client/v3/createRoom',
      body: { preset: 'private_chat', room_version: '11' },
    });
    const claim = { do: 'claim', room, owner };
    await world.mend(claim);
    expect(await ownState(room)).toBeUndefined();
    await linkChild(world.bot.http, space, room, world.bot.userId);
    await world.mend(claim);
    const own = await ownState(room);
    expect(own).toMatchObject({ kind: 'chat', owner, state: 'active', op: opId('claim', room) });
    expect(await findRoom(world.database, room)).toMatchObject({
      owner,
      sessionId: own!.session_id,
      name: 'New conversation',
    });
    expect(await world.state(room, 'm.room.name')).toEqual({ name: 'New conversation' });
    expect(await world.membership(room, owner)).toBe('invite');
  });

  test('and is the one again that the record knows', async () => {
    const { chat } = await world.home();
    const before = await findRoom(world.database, chat);
    await putState(world.bot.http, chat, 'dev.surfaces.room', '', {});
    await world.mend({ do: 'claim', room: chat, owner });
    expect(await ownState(chat)).toMatchObject({ session_id: before!.sessionId });
    expect(await findRoom(world.database, chat)).toEqual(before);
  });

  test('a room that was replaced: the conversation goes on in the other one', async () => {
    const { space, chat } = await world.home();
    const own = await ownState(chat);
    const { replacement_room } = await world.act(world.bot, chat, 'upgrade', { new_version: '10' });
    const successor = replacement_room as RoomId;
    expect(await world.mend({ do: 'follow', room: chat, successor: NOWHERE, owner })).toEqual([]);
    expect(await world.mend({ do: 'follow', room: chat, successor, owner })).toEqual([]);
    expect(await ownState(successor)).toEqual(own);
    expect(await findRoom(world.database, successor)).toMatchObject({ sessionId: own!.session_id });
    expect([await world.isLinked(space, successor), await world.isLinked(space, chat)]).toEqual([true, false]);
  });

  test('a Space that was replaced: its conversations are in the other one', async () => {
    const { space, chat } = await world.home();
    const { replacement_room } = await world.act(world.bot, space, 'upgrade', { new_version: '10' });
    await world.mend({ do: 'follow', room: space, successor: replacement_room, owner });
    expect((await findPerson(world.database, owner))?.spaceId).toBe(replacement_room);
    expect(await world.isLinked(replacement_room as RoomId, chat)).toBe(true);
  });

  test('or is gone, and its owner told once, where the bot may not go on', async () => {
    const { chat, dm } = await world.home();
    await putState(world.bot.http, chat, 'm.room.tombstone', '', { body: '', replacement_room: NOWHERE });
    const follow = { do: 'follow', room: chat, successor: NOWHERE, owner };
    const [told] = await world.mend(follow);
    expect(told).toMatchObject({ kind: 'notice', text: expect.stringContaining('“A chat” was replaced') });
    expect(await world.mendOnce(follow)).toEqual([]);
    expect((await chatsOf(world.database, owner)).map(({ roomId }) => roomId)).not.toContain(chat);
    expect((await lastChatOf(world.database, owner))?.roomId).not.toBe(chat);
    expect(dm).toBeDefined();
  });

  test('nor into a conversation of somebody else', async () => {
    const { chat } = await world.home();
    const { chat: other } = await world.home();
    const own = await ownState(other);
    await putState(world.bot.http, chat, 'm.room.tombstone', '', { body: '', replacement_room: other });
    expect(await world.mend({ do: 'follow', room: chat, successor: other, owner })).toHaveLength(1);
    expect(await ownState(other)).toEqual(own);
  });

  test('what the bot may not do: told once for each change, in the room while it may speak there', async () => {
    const { chat, space, dm } = await world.home();
    const levels = (level: number) => ({ users: { [world.bot.userId]: level, [owner]: 100 } });
    const powerEvent = await world.power(chat, levels(99));
    const tell = { do: 'tell_power', room: chat, owner, missing: ['state'], powerEvent };
    const [told] = await world.mend(tell);
    expect(told).toMatchObject({ kind: 'notice', text: expect.stringMatching(/Roles & permissions.*100/) });
    expect(await world.mendOnce(tell)).toEqual([]);
    expect(await world.mendOnce({ ...tell, powerEvent: '$older' })).toEqual([]);

    const silent = await world.power(space, { ...levels(99), events_default: 100 });
    const [inDm] = await world.mendOnce({
      do: 'tell_power',
      room: space,
      owner,
      missing: ['links'],
      powerEvent: silent,
    });
    expect(inDm).toMatchObject({ chat: dm, say: { text: expect.stringContaining('list your conversations') } });
  });

  test('what waits in a room whose owner is away is stopped; not when they are back', async () => {
    const { chat } = await world.home();
    const sql = world.database.run;
    const lane = `room/${chat}`;
    await enqueue(sql, { key: `$q-${chat}`, lane, queue: 'turns', position: 7, body: {} });
    const stopped = async () =>
      (
        await sql<{ through: number }>(
          { name: 't', text: 'SELECT through_seq AS through FROM lane_stop WHERE lane_id = $1' },
          [lane],
        )
      )[0]?.through;
    await world.mend({ do: 'stop', room: chat, owner });
    expect(await stopped()).toBeUndefined();
    await world.act(world.ann, chat, 'leave');
    await world.mend({ do: 'stop', room: chat, owner });
    expect(await stopped()).toBe(1);
  });

  test('nothing where the bot is not any more, or what nobody understands', async () => {
    const { space, chat } = await world.home();
    await world.power(chat, { users: { [world.bot.userId]: 99, [owner]: 100 } });
    await world.act(world.ann, chat, 'kick', { user_id: world.bot.userId });
    for (const mending of [
      { do: 'link', space, room: chat },
      { do: 'invite', room: chat, person: owner },
      { do: 'claim', room: chat, owner },
      { do: 'stop', room: chat, owner },
      { do: 'tell_power', room: chat, owner, missing: ['state'], powerEvent: '$any' },
      { do: 'follow', room: chat, successor: NOWHERE, owner },
      { do: 'leave_space', space: chat, owner, kept: space },
      { do: 'destroy', room: chat },
      { do: 'link', space: 'nothing', room: chat },
      { do: 'stop', room: chat, owner: world.bot.userId },
    ])
      expect(await world.mend(mending)).toEqual([]);
    await joinRoom(world.bot.http, space);
  });
});
