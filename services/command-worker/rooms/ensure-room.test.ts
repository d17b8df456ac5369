import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adoptRoom } from '../../../shared/delivery/adopt-room.ts';
import { type OpId, opId, type RoomId } from '../../../shared/ids/ids.ts';
import type { RoomState } from '../../../shared/matrix/room-state.ts';
import { createRoom, joinedRooms } from '../../../shared/matrix/rooms.ts';
import { HOMESERVER } from '../../../shared/matrix/test-people.ts';
import { attemptOperation } from '../../../shared/store/operations.ts';
import { putPerson } from '../../../shared/store/people.ts';
import { findRoom } from '../../../shared/store/rooms.ts';
import { MendWorld } from '../mend/test-world.ts';
import { ensureRoom, sessionOf, type WantedRoom } from './ensure-room.ts';

describe.skipIf(!HOMESERVER)('a room whose making was interrupted', () => {
  let world: MendWorld;
  beforeAll(async () => {
    world = await MendWorld.open();
    await putPerson(world.database, { userId: world.ann.userId });
  });
  afterAll(() => world.close());
  const deps = () => ({ database: world.database, http: world.bot.http, self: world.bot.userId });
  const rooms = () => joinedRooms(world.bot.http);

  function wanted(kind: 'space' | 'chat', word: string): WantedRoom {
    const named = kind === 'chat' ? { namedBy: 'person' as const } : {};
    return { op: opId('test', word), kind, owner: world.ann.userId, name: 'Only one', topic: '', ...named };
  }
  /** Since the attempt: nobody waits for the homeserver any more. */
  async function passAMinute(op: OpId): Promise<void> {
    const text = "UPDATE operation SET attempted_at = now() - interval '1 minute' WHERE op = $1";
    await world.database.run({ name: 'test_pass_a_minute', text }, [op]);
  }
  /** As a worker leaves it that dies while the homeserver makes the room. @returns the room. */
  async function dieOver({ op, kind, owner, name }: WantedRoom): Promise<RoomId> {
    await attemptOperation(world.database, op, `create_${kind}`);
    await passAMinute(op);
    const state: RoomState = { kind, owner, state: 'active', op };
    const session = kind === 'chat' ? { session_id: sessionOf(op) } : {};
    return createRoom(world.bot.http, { self: world.bot.userId, name, invite: [], state: { ...state, ...session } });
  }

  test('is the room, where nobody has seen it yet', async () => {
    const room = wanted('chat', 'unseen');
    const roomId = await dieOver(room);
    const before = await rooms();
    expect(await ensureRoom(room, deps())).toEqual({ roomId, made: false });
    expect(await rooms()).toEqual(before);
  });

  test('is the room, also where a comparison with Matrix has recorded it in between', async () => {
    for (const kind of ['chat', 'space'] as const) {
      const room = wanted(kind, `adopted ${kind}`);
      const roomId = await dieOver(room);
      expect(await adoptRoom(roomId, deps())).toMatchObject({ kind, name: null, namedBy: 'nobody' });
      const before = await rooms();
      expect(await ensureRoom(room, deps())).toEqual({ roomId, made: false });
      expect(await rooms()).toEqual(before);
      expect(await findRoom(world.database, roomId)).toMatchObject({
        name: 'Only one',
        namedBy: kind === 'chat' ? 'person' : 'nobody',
      });
    }
  });

  test('is made where the homeserver has not made it', async () => {
    const room = wanted('chat', 'unmade');
    await attemptOperation(world.database, room.op, 'create_chat');
    await passAMinute(room.op);
    const made = await ensureRoom(room, deps());
    expect(made.made).toBe(true);
    expect(await ensureRoom(room, deps())).toEqual({ roomId: made.roomId, made: false });
  });

  test('a Space of theirs that serves is taken, also where it has just been recorded', async () => {
    const roomId = await dieOver(wanted('space', 'of another operation'));
    await adoptRoom(roomId, deps());
    const serves = (state: RoomState) => state.kind === 'space' && state.op === opId('test', 'of another operation');
    expect(await ensureRoom(wanted('space', 'anew'), deps(), serves)).toEqual({ roomId, made: false });
  });
});
