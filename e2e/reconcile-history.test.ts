import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClientApi } from '../services/cli/demo/person/client-api.ts';
import { type Database, openDatabase } from '../shared/store/postgres.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

const SEED = Number(process.env.SURFACES_SEED ?? Math.floor(Math.random() * 1e9));
const STEPS = 25;

const stack = new TestStack();
let database: Database;
let bot: ClientApi;
beforeAll(async () => {
  await stack.up();
  const { database_url } = stack.stack;
  bot = stack.asBot();
  database = openDatabase(database_url, { namespace: 'surfaces', max: 1, applicationName: 'test' });
}, 240_000);
afterAll(async () => {
  await database?.close();
  await stack.end();
}, 60_000);

/** The same numbers for the same seed, from 0 to below `most`. */
function numbers(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * most);
  };
}

type Step = (who: Resident, room: string, number: number) => Promise<unknown>;
const statePath = (room: string, type: string, key = '') =>
  `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state/${type}/${encodeURIComponent(key)}`;

/** What people do by commands, what they do in their clients, and what somebody with the bot's token does by hand. */
const STEPS_BY_NAME: Readonly<Record<string, Step>> = {
  async new(who, _room, number) {
    const { text } = await who.command(`!new Plan ${number}`, who.home.dm);
    const [, link] = /matrix\.to\/#\/([^?)\s]+)/.exec(text) ?? [];
    const made = decodeURIComponent(link!);
    await who.person.until('the invitation', () => who.person.invitations.has(made));
    await who.person.join(made);
  },
  ask: (who, room) => who.person.say(room, 'demo words=2 pace=1'),
  rename: (who, room, number) => who.command(`!rename Named ${number}`, room),
  async archive(who, room) {
    await who.command('!archive', room);
    await who.command('!yes', room);
  },
  restore: (who, room) => who.command('!restore', room),
  async clear(who, room) {
    await who.command('!clear', room);
    await who.command('!yes', room);
  },
  'rename by hand': (who, room, number) =>
    who.person.api('PUT', statePath(room, 'm.room.name'), { name: `By hand ${number}` }),
  'unlink by hand': (who, room) => bot('PUT', statePath(who.home.space, 'm.space.child', room), {}),
  'link by hand': (who, room) =>
    bot('PUT', statePath(who.home.space, 'm.space.child', room), { via: ['surfaces.localhost'] }),
};

const sql = <Row>(name: string, text: string) => database.run<Row>({ name: `test_history_${name}`, text });
const roomsOf = async (who: Resident) =>
  (
    await sql<{ room_id: string }>('of', `SELECT room_id, owner FROM room WHERE kind = 'chat' ORDER BY created_at`)
  ).flatMap((row) => ((row as { owner?: string }).owner === who.person.userId ? [row.room_id] : []));
const record = async () => [
  await sql(
    'rooms',
    `SELECT room_id, kind, owner, session_id, state, name FROM room WHERE kind <> 'dm' ORDER BY room_id`,
  ),
  await sql('spaces', 'SELECT user_id, space_id FROM person WHERE space_id IS NOT NULL ORDER BY user_id'),
];

/** All lanes are done, and all that is to be mended is. */
async function settled(): Promise<void> {
  const waiting = `SELECT FROM lane_seq s LEFT JOIN lane l USING (lane_id) WHERE s.last_seq > coalesce(l.done_seq, 0)`;
  await untilTrue('all lanes to be done', async () => (await sql('waiting', waiting)).length === 0, 60_000);
  const { code, output } = await stack.surfaces('reconcile');
  if (code !== 0) throw new Error(output);
  await untilTrue(
    'nothing to be left to do',
    async () => (await stack.surfaces('reconcile', '--dry-run')).code === 0,
    60_000,
  );
}

test(`after any history, the record that is made anew from Matrix is the one that was (seed ${SEED})`, async () => {
  const random = numbers(SEED);
  const people = [await stack.atHome('ann'), await stack.atHome('bob')];
  const names = Object.keys(STEPS_BY_NAME);
  const done: string[] = [];
  for (let number = 0; number < STEPS; number++) {
    const who = people[random(people.length)]!;
    const rooms = await roomsOf(who);
    const room = rooms[random(rooms.length)]!;
    const name = names[random(names.length)]!;
    done.push(`${who.person.userId} ${name} in ${room}`);
    await STEPS_BY_NAME[name]!(who, room, number);
  }
  const history = done.join('\n');
  await settled();
  // A room is named after its first question a moment after the answer.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const before = await record();
  await sql('lose', 'TRUNCATE room, person, operation');
  await settled();
  expect(await record(), history).toEqual(before);
  for (const who of people) {
    const [room] = await roomsOf(who);
    await who.command('!restore', room);
    expect((await who.command('!help', room)).text).toContain('!new');
  }
}, 240_000);
