import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpId, RoomId, SessionId, UserId } from '../shared/ids/ids.ts';
import { createMatrixHttp, type MatrixHttp } from '../shared/matrix/http.ts';
import { createRoom, joinRoom, linkChild, roomState } from '../shared/matrix/rooms.ts';
import { HOMESERVER, newPerson, type TestPerson } from '../shared/matrix/test-people.ts';
import type { SeenRoom } from '../shared/reconcile/facts.ts';
import { roomsJoined, seeRooms } from '../shared/reconcile/gather/see-rooms.ts';

const SIMULATOR = fileURLToPath(new URL('./homeserver-simulator.ts', import.meta.url));
/** A Space and two rooms in it, of one person. */
const ROOMS = 2;

type World = { readonly http: MatrixHttp; readonly self: UserId; readonly owner: UserId };

/** The same rooms as the simulator's, made on a Synapse as the bot makes them. */
async function onSynapse(bot: TestPerson, ann: TestPerson): Promise<World> {
  const [self, owner] = [bot.userId, ann.userId];
  const room = (kind: 'space' | 'chat', number: number, parent?: RoomId) =>
    createRoom(bot.http, {
      self,
      state: {
        kind,
        owner,
        state: 'active',
        op: `op-${kind}-${number}` as OpId,
        ...(kind === 'chat' && { session_id: `chat-${number}` as SessionId }),
      },
      name: kind === 'space' ? 'Person 0' : `Conversation ${number} of 0`,
      topic: 'A conversation with an agent',
      invite: [owner],
      ...(parent && { parent }),
    });
  const space = await room('space', 0);
  await joinRoom(ann.http, space);
  for (let number = 0; number < ROOMS; number++) {
    const chat = await room('chat', number, space);
    await joinRoom(ann.http, chat);
    await linkChild(bot.http, space, chat, self);
  }
  return { http: bot.http, self, owner };
}

/** What is read of the rooms, without what no two homeservers have alike. */
async function readOf({ http, self, owner }: World): Promise<unknown[]> {
  const rooms = await roomsJoined(http);
  const { seen } = await seeRooms(rooms, { http, self });
  const names = new Map(rooms.map((room) => [room, String(nameIn(seen, room))]));
  const plain = (text: string) => {
    let read = text.replaceAll(self, 'BOT').replaceAll(owner, 'OWNER');
    for (const [room, name] of names) read = read.replaceAll(room, name);
    return read
      .replaceAll(/"(op|session_id|powerEvent)":"[^"]*"/g, '"$1":"…"')
      .replaceAll(/"createdAt":\d+/g, '"createdAt":0');
  };
  return seen
    .map((room) => JSON.parse(plain(JSON.stringify({ ...room, children: room.children.toSorted() }))) as SeenRoom)
    .map((room) => ({ ...room, children: room.children.toSorted() }))
    .sort((one, other) => one.roomId.localeCompare(other.roomId));
}

const nameIn = (seen: readonly SeenRoom[], room: RoomId) => seen.find(({ roomId }) => roomId === room)?.name?.value;

/** The types of state in a room of each kind. */
async function typesOf({ http }: World): Promise<string[][]> {
  const states = await Promise.all((await roomsJoined(http)).map((room) => roomState(http, room)));
  const types = states.map((events) => [...new Set((events as { type: string }[]).map(({ type }) => type))].sort());
  return [...new Set(types.map((each) => each.join()))].sort().map((each) => each.split(','));
}

describe.skipIf(!HOMESERVER)('the simulated homeserver of the bench', () => {
  let simulated: World;
  let real: World;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => {
    const [bot, ann] = [await newPerson('bot', { bot: true }), await newPerson('ann', { bot: true })];
    real = await onSynapse(bot, ann);
    const child = fork(SIMULATOR, ['1', String(ROOMS)], { execArgv: ['--disable-warning=ExperimentalWarning'] });
    const [port] = await once(child, 'message');
    const http = createMatrixHttp({ baseUrl: `http://127.0.0.1:${port}`, accessToken: 'bench' });
    simulated = { http, self: '@surfaces:bench' as UserId, owner: '@person0:bench' as UserId };
    ends.push(
      () => child.disconnect(),
      () => http.close(),
      () => bot.http.close(),
      () => ann.http.close(),
    );
  }, 60_000);
  afterAll(async () => {
    for (const end of ends) await end();
  });

  test('has rooms in which the same is read as in those of a Synapse', async () => {
    expect(await readOf(simulated)).toEqual(await readOf(real));
  });

  test('has the same kinds of state in them', async () => {
    expect(await typesOf(simulated)).toEqual(await typesOf(real));
  });
});
