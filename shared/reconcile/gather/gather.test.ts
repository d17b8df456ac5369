import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RoomId } from '../../ids/ids.ts';
import type { MatrixHttp } from '../../matrix/http.ts';
import { refuse, TestHttpServers } from '../../matrix/test-http-server.ts';
import { type FreshDatabase, freshDatabase } from '../../store/fresh-database.ts';
import { putPerson } from '../../store/people.ts';
import { putRoom } from '../../store/rooms.ts';
import { makePlan } from '../plan/make-plan.ts';
import { BOT, person, roomId, TestWorld } from '../test-world.ts';
import { gather } from './gather.ts';
import { gatherLightly } from './gather-lightly.ts';

const ann = person('ann');
let database: FreshDatabase;
let servers: TestHttpServers;
let world: TestWorld;
let http: MatrixHttp;
beforeAll(async () => {
  database = await freshDatabase(2);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.run({ name: 'test_empty', text: 'TRUNCATE room, person, told, lane, lane_seq, lane_item' });
  servers = new TestHttpServers();
  world = new TestWorld();
  http = await world.serve(servers);
});
afterEach(() => servers.close());

const look = (how = gather, more = {}) => how({ database, http, self: BOT, ...more });

/** Ann with a Space and two rooms, and a record that says the same. */
async function annAtHome() {
  const [one, two] = ['one', 'two'].map((name) => world.add(name, { owner: ann }));
  const space = world.add('space', { owner: ann, kind: 'space', children: [one!, two!] });
  await putPerson(database, { userId: ann, spaceId: space });
  for (const room of ['one', 'two', 'space']) await record(room, room === 'space' ? 'space' : 'chat');
  return { one: one!, two: two!, space };
}

async function record(name: string, kind: 'space' | 'chat' | 'dm' = 'chat', owner = ann) {
  const sessionId = kind === 'chat' ? (`s-${name}` as never) : null;
  const room = { roomId: roomId(name), kind, owner, sessionId, state: 'active', name } as const;
  await putRoom(database, room, kind === 'dm' ? null : `op-${name}`);
}

describe('a full look', () => {
  test('sees every room, and what is on record of it', async () => {
    const { one, space } = await annAtHome();
    const wait = `INSERT INTO lane_seq (lane_id, last_seq) VALUES ('room/!one:here', 2), ('room/!two:here', 3)`;
    await database.run({ name: 'test_seq', text: wait });
    await database.run({
      name: 'test_lane',
      text: `INSERT INTO lane (lane_id, done_seq) VALUES ('room/!two:here', 3)`,
    });
    await database.run({
      name: 'test_told',
      text: `INSERT INTO told (scope, person, code, key) VALUES ('a', 'b', 'power $x', 'k'), ('a', 'b', 'archived', 'k')`,
    });
    const facts = await look();
    expect(facts.seen.map((room) => room.roomId)).toEqual([one, '!two:here', space]);
    expect(facts.people).toEqual([{ userId: ann, spaceId: space }]);
    expect(facts.rooms.map(({ roomId: id, waiting, gone }) => [id, waiting, gone])).toEqual([
      [one, true, false],
      [space, false, false],
      ['!two:here', false, false],
    ]);
    expect([...facts.told]).toEqual(['$x']);
    expect(makePlan(facts)).toEqual({ actions: [], notes: [] });
  });

  test('of two thousand rooms, asked for once each and in bounded number at once', { timeout: 60_000 }, async () => {
    for (let n = 0; n < 2_000; n++) world.add(`r${n}`, { owner: person(`p${n % 100}`) });
    let now = 0;
    let most = 0;
    const counted: MatrixHttp = {
      ...http,
      async request<T>(request: Parameters<MatrixHttp['request']>[0]) {
        most = Math.max(most, ++now);
        return http.request<T>(request).finally(() => {
          now -= 1;
        });
      },
    };
    const seen: true[] = [];
    const facts = await look(gather, { http: counted, onSeen: () => seen.push(true) });
    expect(facts.seen.map((room) => room.roomId)).toEqual([...world.rooms.keys()]);
    expect(new Set(world.asked).size).toBe(world.asked.length);
    expect(seen).toHaveLength(2_000);
    expect(most).toBe(16);
  });

  test('a room that the bot has left meanwhile is not seen; one that is only refused is not taken for left', async () => {
    const { one, two, space } = await annAtHome();
    const other = world.add('other', { owner: person('ben') });
    world.instead.set(one, (request, response) => {
      world.rooms.delete(one);
      refuse(403, 'M_FORBIDDEN')(request, response);
    });
    expect(makePlan(await look()).actions).toContainEqual({ do: 'mark_gone', room: one, owner: ann });
    world.set(two, 'm.room.member', { membership: 'leave' }, { state_key: BOT });
    expect(makePlan(await look()).actions).toContainEqual({ do: 'mark_gone', room: two, owner: ann });
    world.set(two, 'm.room.member', { membership: 'join' }, { state_key: BOT });
    world.instead.set(space, refuse(403, 'M_FORBIDDEN'));
    const facts = await look();
    expect(facts.unreadable).toEqual([space]);
    expect(facts.seen.map((room) => room.roomId)).toEqual([two, other]);
    // Nothing of Ann’s is touched; Ben’s room is none of her concern.
    const plan = makePlan(facts);
    expect(plan.actions.map((action) => ('room' in action ? action.room : action.do))).toEqual([other]);
    expect(plan.notes).toContainEqual({ note: 'unreadable', room: space });
  });

  test('a limit is waited for, an answer that is lost is asked for again', async () => {
    const { one, two } = await annAtHome();
    let limited = 0;
    for (const [room, answer] of [
      [one, refuse(429, 'M_LIMIT_EXCEEDED', { 'retry-after': '0.02' })],
      [two, refuse(502, 'M_UNKNOWN', { 'retry-after': '0.02' })],
    ] as const)
      world.instead.set(room, (request, response) => {
        // More often than the layer below tries by itself.
        if (++limited > (room === one ? 12 : 3)) world.instead.delete(room);
        answer(request, response);
      });
    const facts = await look();
    expect(facts.seen).toHaveLength(3);
  });

  test('a room that is broken is put aside; a homeserver that is away is an error', { timeout: 60_000 }, async () => {
    const { one } = await annAtHome();
    const broken = refuse(500, 'M_UNKNOWN', { 'retry-after': '0.01' });
    world.instead.set(one, broken);
    expect((await look()).unreadable).toEqual([one]);
    await servers.close();
    await expect(look()).rejects.toMatchObject({ code: 'matrix_unavailable' });
  });

  test('ends between two rooms when it is to end', async () => {
    for (let n = 0; n < 200; n++) world.add(`r${n}`, { owner: ann });
    const stop = new AbortController();
    const looking = look(gather, { signal: stop.signal, onSeen: () => stop.abort() });
    await expect(looking).rejects.toMatchObject({ name: 'AbortError' });
    expect(world.asked.length).toBeLessThan(40);
  });
});

describe('a light look', () => {
  const asked = () => world.asked.splice(0).sort();
  const plan = async () => makePlan(await look(gatherLightly));

  test('asks only for Spaces where all is well', async () => {
    const { space } = await annAtHome();
    await record('dm', 'dm');
    world.rooms.set(roomId('dm'), []);
    expect(await plan()).toEqual({ actions: [], notes: [] });
    expect(asked()).toEqual([space]);
  });

  test('finds a link that is missing, and looks at the person’s rooms before anything is done about it', async () => {
    const { one, two, space } = await annAtHome();
    world.add('ben', { owner: person('ben') });
    await record('ben', 'chat', person('ben'));
    world.unlink(space, one);
    expect((await plan()).actions).toEqual([{ do: 'link', space, room: one }]);
    expect(asked()).toEqual([one, space, two]);
    // The record is wrong, not the Space: the room says so itself.
    world.set(one, 'dev.surfaces.room', { ...contentOf(one), state: 'archived' });
    expect((await plan()).actions.map((action) => action.do)).toEqual(['correct']);
  });

  test('finds rooms that are unknown, gone and back again', async () => {
    const { one, two } = await annAtHome();
    const fresh = world.add('fresh', { owner: ann });
    world.rooms.delete(one);
    await database.run({ name: 'test_gone', text: 'UPDATE room SET gone_at = now() WHERE room_id = $1' }, [two]);
    const actions = (await plan()).actions.map((action) => [action.do, 'room' in action && action.room]);
    expect(actions).toContainEqual(['adopt', fresh]);
    expect(actions).toContainEqual(['mark_gone', one]);
    expect(actions).toContainEqual(['mark_back', two]);
    expect(asked()).toEqual([fresh, roomId('space'), two]);
  });

  test('looks at both of two rooms that bear one session, and takes neither for the other’s', async () => {
    const { one } = await annAtHome();
    const copy = world.add('copy', { owner: ann });
    world.set(copy, 'dev.surfaces.room', contentOf(one));
    expect(await plan()).toEqual({ actions: [], notes: [{ note: 'twin', room: copy, of: one }] });
    expect(asked()).toEqual([copy, one, roomId('space')]);
  });

  test('does for a person what a full look would do, once there is anything to do for them', async () => {
    const { one, two, space } = await annAtHome();
    world.set(one, 'm.room.name', { name: 'By hand' }, { sender: ann });
    expect((await plan()).actions).toEqual([]);
    world.unlink(space, two);
    world.add('fresh', { owner: ann });
    expect(await plan()).toEqual(makePlan(await look()));
  });

  test('leaves no Space because of a room that only the record says is in it', async () => {
    const { space } = await annAtHome();
    const younger = world.add('younger', { owner: ann, kind: 'space', children: [world.add('three', { owner: ann })] });
    // Of what made the older Space the one in use, nothing is there any more.
    for (const name of ['one', 'two']) world.set(roomId(name), 'dev.surfaces.room', {});
    const light = await plan();
    expect(light).toEqual(makePlan(await look()));
    expect(light.actions).toContainEqual({ do: 'leave_space', space, owner: ann, kept: younger });
  });
});

function contentOf(room: RoomId) {
  return world.rooms.get(room)!.find((event) => event.type === 'dev.surfaces.room')!.content as object;
}
