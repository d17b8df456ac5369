import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { laneOf, type RoomId, type UserId } from '../ids/ids.ts';
import type { LaneWake } from '../lane/lane.ts';
import type { MatrixHttp } from '../matrix/http.ts';
import { TestHttpServers } from '../matrix/test-http-server.ts';
import type { MendItem } from '../matrix/work-item.ts';
import { type FreshDatabase, freshDatabase } from '../store/fresh-database.ts';
import { findPerson, putPerson } from '../store/people.ts';
import { findRoom, putRoom, recordState } from '../store/rooms.ts';
import { carryOut } from './carry-out/carry-out.ts';
import { compare, runReconcile } from './run-reconcile.ts';
import { BOT, person, roomId, TestWorld } from './test-world.ts';

const ann = person('ann');
const ben = person('ben');
let database: FreshDatabase;
let servers: TestHttpServers;
let world: TestWorld;
let http: MatrixHttp;
let wakes: LaneWake[];
beforeAll(async () => {
  database = await freshDatabase(4);
});
afterAll(() => database.drop());
beforeEach(async () => {
  const tables = 'room, person, told, lane, lane_seq, lane_item, workspace_end';
  await database.run({ name: 'test_empty', text: `TRUNCATE ${tables}` });
  servers = new TestHttpServers();
  world = new TestWorld();
  http = await world.serve(servers);
  wakes = [];
});
afterEach(() => servers.close());

let runs = 0;
const parts = () => ({
  ...{ database, http, self: BOT },
  wake: async (lanes: readonly LaneWake[]) => void wakes.push(...lanes),
});
const run = (id = `run-${++runs}`) => runReconcile({ id, kind: 'full' }, parts());
const planned = async () => (await compare('full', parts())).plan.actions;

/** A person with a Space and rooms in it, of whom the record knows nothing. */
function atHome(owner: UserId, ...names: string[]) {
  const chats = names.map((name) => world.add(name, { owner }));
  return { chats, space: world.add(`space-${owner.slice(1, 4)}`, { owner, kind: 'space', children: chats }) };
}
const content = (room: RoomId) =>
  world.rooms.get(room)!.find((event) => event.type === 'dev.surfaces.room')!.content as Record<string, unknown>;
const say = (room: RoomId, change: object) => world.set(room, 'dev.surfaces.room', { ...content(room), ...change });
const ended = async () =>
  (await database.run<{ w: string }>({ name: 'test_ended', text: 'SELECT workspace AS w FROM workspace_end' })).map(
    ({ w }) => w,
  );
const mends = () =>
  database.run<{ lane: string; queue: string; key: string; body: MendItem }>({
    name: 'test_mends',
    text: 'SELECT lane_id AS lane, queue, key, body FROM lane_item ORDER BY lane_id, seq',
  });

describe('the record', () => {
  test('gets everything back that was lost, and then nothing is left to do', async () => {
    const { space, chats } = atHome(ann, 'one', 'two');
    world.set(chats[0]!, 'm.room.name', { name: 'By hand' }, { sender: ann });
    say(chats[1]!, { state: 'archived' });
    world.unlink(space, chats[1]!);
    const { counts, rooms } = await run();
    expect(counts).toEqual({ adopt: 3, set_space: 1 });
    expect(rooms).toBe(3);
    expect(await findRoom(database, chats[0]!)).toEqual({
      ...{ roomId: chats[0], kind: 'chat', owner: ann, sessionId: 's-one', state: 'active', unsaved: false },
      ...{ name: 'By hand', namedBy: 'person' },
    });
    expect((await findPerson(database, ann))?.spaceId).toBe(space);
    expect(await ended()).toEqual(['s-two']);
    const [row] = await database.run<{ op: string; createdAt: Date }>(
      { name: 'test_row', text: 'SELECT op, created_at AS "createdAt" FROM room WHERE room_id = $1' },
      [chats[0]],
    );
    expect(row).toEqual({ op: 'op-one', createdAt: new Date(2_000) });
    expect(await planned()).toEqual([]);
    expect(await mends()).toEqual([]);
  });

  test('is corrected to what Matrix says, and what ended with it is marked', async () => {
    const { chats } = atHome(ann, 'one', 'two', 'three');
    const [one, two, three] = chats as [RoomId, RoomId, RoomId];
    await run();
    await database.run({ name: 'test_unsaved', text: 'UPDATE room SET unsaved = true' });
    await recordState(database, three, 'archived');
    say(one, { session_id: 's-new' });
    say(two, { state: 'archived' });
    const { counts } = await run();
    expect(counts).toMatchObject({ correct: 3 });
    expect(await findRoom(database, one)).toMatchObject({ sessionId: 's-new', unsaved: false, state: 'active' });
    expect(await findRoom(database, two)).toMatchObject({ sessionId: 's-two', unsaved: true, state: 'archived' });
    expect(await findRoom(database, three)).toMatchObject({ state: 'active' });
    expect((await ended()).sort()).toEqual(['s-one', 's-two']);
  });

  test('takes over an owner who is not known, and a kind', async () => {
    const { chats } = atHome(ann, 'one');
    await putRoom(
      database,
      { roomId: chats[0]!, kind: 'dm', owner: ben, sessionId: null, state: 'active', name: null },
      null,
    );
    await run();
    expect(await findRoom(database, chats[0]!)).toMatchObject({ kind: 'chat', owner: ann, sessionId: 's-one' });
    expect(await findPerson(database, ann)).not.toBeNull();
  });

  test('marks what is gone and what is back, and deletes nothing', async () => {
    const { chats, space } = atHome(ann, 'one');
    const one = chats[0]!;
    await run();
    const state = world.rooms.get(one)!;
    world.rooms.delete(one);
    expect((await run()).counts).toEqual({ mark_gone: 1 });
    expect(await findRoom(database, one)).toMatchObject({ owner: ann, sessionId: 's-one' });
    expect(await planned()).toEqual([]);
    world.rooms.set(one, state);
    expect((await run()).counts).toEqual({ mark_back: 1 });
    world.rooms.delete(space);
    expect((await run()).counts).toEqual({ mark_gone: 1, set_space: 1 });
    expect((await findPerson(database, ann))?.spaceId).toBeNull();
    expect(await planned()).toEqual([]);
  });

  test('calls a room as a person does', async () => {
    const { chats } = atHome(ann, 'one');
    await run();
    world.set(chats[0]!, 'm.room.name', { name: '  Garden ' }, { sender: ann });
    expect((await run()).counts).toEqual({ rename: 1 });
    expect(await findRoom(database, chats[0]!)).toMatchObject({ name: 'Garden', namedBy: 'person' });
    expect(await planned()).toEqual([]);
  });

  test('is left alone where a command was quicker', async () => {
    const { chats, space } = atHome(ann, 'one', 'two');
    const [one, two] = chats as [RoomId, RoomId];
    await run();
    say(one, { state: 'archived' });
    world.set(two, 'm.room.name', { name: 'Old' }, { sender: ann });
    const { plan, facts } = await compare('full', parts());
    // Between the look and the deed: the room is cleared, the other one renamed again, a Space made anew.
    const clear = `UPDATE room SET session_id = 's-cleared' WHERE room_id = $1`;
    await database.run({ name: 'test_clear', text: clear }, [one]);
    await database.run({ name: 'test_rename', text: `UPDATE room SET name = 'New' WHERE room_id = $1` }, [two]);
    await putPerson(database, { userId: ann, spaceId: roomId('anew') });
    const back = [...plan.actions, { do: 'set_space', person: ann, space: null } as const];
    await carryOut({ ...plan, actions: back }, facts, 'late', parts());
    expect(await findRoom(database, one)).toMatchObject({ sessionId: 's-cleared', state: 'active' });
    expect(await findRoom(database, two)).toMatchObject({ name: 'New' });
    expect((await findPerson(database, ann))?.spaceId).not.toBe(space);
    expect((await findPerson(database, ann))?.spaceId).toBe('!anew:here');
  });

  test('gives no session to two rooms, and no operation', async () => {
    const { chats } = atHome(ann, 'one');
    await run();
    const copy = world.add('copy', { owner: ann });
    say(copy, { session_id: 's-one' });
    const cleared = world.add('cleared', { owner: ann });
    say(cleared, { op: 'op-one' });
    const { counts, plan } = await run();
    expect(counts).toEqual({ adopt: 1, link: 1 });
    expect(plan.notes).toEqual([{ note: 'twin', room: copy, of: chats[0] }]);
    expect(await findRoom(database, cleared)).toMatchObject({ sessionId: 's-cleared' });
    expect(await findRoom(database, copy)).toBeNull();
  });

  test('lets a session go along with its room, where the record is older than the upgrade', async () => {
    const { chats } = atHome(ann, 'old');
    const old = chats[0]!;
    await run();
    const successor = world.add('new', { owner: ann });
    say(successor, { session_id: 's-old', op: 'op-old' });
    world.rooms.delete(old);
    expect((await run()).counts).toMatchObject({ adopt: 1, mark_gone: 1 });
    expect(await findRoom(database, successor)).toMatchObject({ sessionId: 's-old' });
    expect(await findRoom(database, old)).toBeNull();
    const rest = (await planned()).map((action) => action.do);
    expect(rest).toEqual(['link']);
  });

  test('of ten thousand rooms comes back at once', { timeout: 60_000 }, async () => {
    const { facts } = await compare('full', parts());
    const state = { kind: 'chat', owner: ann, state: 'active' } as const;
    const actions = Array.from({ length: 10_000 }, (_, n) => ({
      ...{ do: 'adopt', room: roomId(`r${n}`), name: `Room ${n}`, namedBy: 'nobody' },
      state: { ...state, op: `op${n}` as never, session_id: `s${n}` as never },
    })) as never[];
    const before = database.statements;
    await carryOut({ actions, notes: [] }, facts, 'many', parts());
    expect(database.statements - before).toBeLessThan(20);
    const [row] = await database.run<{ n: number }>({ name: 'test_count', text: 'SELECT count(*) AS n FROM room' });
    expect(row).toEqual({ n: 10_000 });
  });
});

describe('what is to be mended in Matrix', () => {
  test('stands in its owner’s lane, in the order of the plan, after the record', async () => {
    const { space, chats } = atHome(ann, 'one', 'two');
    const bens = atHome(ben, 'three');
    await run();
    world.unlink(space, chats[0]!);
    world.unlink(space, chats[1]!);
    world.unlink(bens.space, bens.chats[0]!);
    await run('a');
    const items = await mends();
    expect(items.map(({ lane, queue, body }) => [lane, queue, body.room, body.sender])).toEqual([
      [laneOf.person(ann), 'commands', chats[0], ann],
      [laneOf.person(ann), 'commands', chats[1], ann],
      [laneOf.person(ben), 'commands', bens.chats[0], ben],
    ]);
    expect(items[0]!.body).toMatchObject({ v: 1, type: 'mend', mend: { do: 'link', space, room: chats[0] } });
    expect(items[0]!.body.event).toBe(items[0]!.key);
    expect(wakes).toEqual([
      { lane: laneOf.person(ann), queue: 'commands' },
      { lane: laneOf.person(ben), queue: 'commands' },
    ]);
    // The same run again, as after a crash, asks for nothing twice; another run does, since it is still so.
    await run('a');
    expect(await mends()).toHaveLength(3);
    await run('b');
    expect(await mends()).toHaveLength(6);
  });

  test('is told to stop where nobody reads, and tells of power once for each event', async () => {
    const { chats } = atHome(ann, 'one', 'two');
    const [one, two] = chats as [RoomId, RoomId];
    await run();
    await database.run({ name: 'test_wait', text: `INSERT INTO lane_seq VALUES ('room/${one}', 1)` });
    world.set(one, 'm.room.member', { membership: 'leave' }, { state_key: ann, sender: ann });
    world.set(two, 'm.room.power_levels', { users: { [BOT]: 0 }, events: {} });
    expect(await planned()).toEqual([
      { do: 'stop', room: one, owner: ann },
      { do: 'tell_power', room: two, owner: ann, missing: ['state'], powerEvent: `$m.room.power_levels-${two}` },
    ]);
    await run();
    expect((await mends()).map(({ body }) => body.mend.do)).toEqual(['stop', 'tell_power']);
    await database.run(
      { name: 'test_tell', text: `INSERT INTO told (scope, person, code, key) VALUES ($1, $2, $3, 'k')` },
      [two, ann, `power $m.room.power_levels-${two}`],
    );
    expect((await planned()).map((action) => action.do)).toEqual(['stop']);
  });
});
