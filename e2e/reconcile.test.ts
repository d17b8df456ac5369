import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClientApi } from '../services/cli/demo/person/client-api.ts';
import { stateOf } from '../services/cli/demo/person/room-history.ts';
import { type Database, openDatabase } from '../shared/store/postgres.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

const stack = new TestStack();
let database: Database;
/** With the bot’s own hands, as an operator with its token has them. */
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

const sql = <Row>(text: string, ...values: unknown[]) =>
  database.run<Row>({ name: `test_${createHash('sha1').update(text).digest('hex').slice(0, 12)}`, text }, values);
type Row = {
  owner: string;
  session_id: string | null;
  state: string;
  name: string | null;
  named_by: string;
  gone: boolean;
};
const rowOf = async (room: string) => {
  const columns = 'owner, session_id, state, name, named_by, gone_at IS NOT NULL AS gone';
  return (await sql<Row>(`SELECT ${columns} FROM room WHERE room_id = $1`, room))[0];
};
const roomPath = (room: string, rest: string) => `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/${rest}`;
const linkPath = (space: string, room: string) => roomPath(space, `state/m.space.child/${encodeURIComponent(room)}`);
const isLinked = ({ person, home }: Resident, room = home.room) =>
  Array.isArray(stateOf(person.room(home.space), 'm.space.child', room)?.content.via);

/** Asks, and waits until the room has the name that its first question gives it a moment after the answer. */
async function askFirst(who: Resident, text: string): Promise<void> {
  await who.ask(text);
  await untilTrue('the room to be named', async () => (await rowOf(who.home.room))?.named_by === 'question');
}

const dryRun = (...options: string[]) => stack.surfaces('reconcile', '--dry-run', ...options);
async function nothingIsLeft(): Promise<void> {
  // What a command worker mends, it mends a moment later.
  let said = '';
  await untilTrue('nothing to be left to do', async () => {
    const { code, output } = await dryRun();
    said = output;
    return code === 0;
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${said}`);
  });
  expect(said).toContain('Nothing is to be done.');
}
async function mend(...options: string[]): Promise<string> {
  const { code, output } = await stack.surfaces('reconcile', ...options);
  if (code !== 0) throw new Error(`reconcile ended with ${code}:\n${output}`);
  return output;
}
/** The newest event of every room that the bot is in. */
async function newestEvents(): Promise<Record<string, string | undefined>> {
  const { joined_rooms: rooms } = await bot<{ joined_rooms: string[] }>('GET', '/_matrix/client/v3/joined_rooms');
  const newest = async (room: string) => {
    const { chunk } = await bot<{ chunk: { event_id: string }[] }>('GET', roomPath(room, 'messages?dir=b&limit=1'));
    return [room, chunk[0]?.event_id] as const;
  };
  return Object.fromEntries(await Promise.all(rooms.map(newest)));
}

test('a healthy stack: nothing is to be done, and a start writes nothing to Matrix', async () => {
  const ann = await stack.atHome('ann');
  await askFirst(ann, 'demo words=1 pace=1');
  await nothingIsLeft();
  const { code, output } = await dryRun('--json', '--light');
  expect([code, JSON.parse(output)]).toMatchObject([0, { actions: [], notes: [] }]);
  const before = await newestEvents();
  await sql('DELETE FROM reconcile_run');
  await stack.untilBack('reconcile-worker', stack.kill('reconcile-worker'));
  const finished = `SELECT actions FROM reconcile_run WHERE kind = 'full' AND finished_at IS NOT NULL AND failure IS NULL`;
  await untilTrue('the run of the start', async () => (await sql(finished)).length > 0);
  expect(await sql(finished)).toEqual([{ actions: {} }]);
  expect(await newestEvents()).toEqual(before);
});

test('a room that is not in its Space any more is put back', async () => {
  const ann = await stack.atHome('ann');
  const { space, room } = ann.home;
  await bot('PUT', linkPath(space, room), {});
  await ann.person.until('the link to be gone', () => !isLinked(ann));
  for (const options of [[], ['--light']]) {
    const { code, output } = await dryRun(...options);
    expect(code).toBe(2);
    expect(output).toContain(ann.person.userId);
    expect(output).toMatch(new RegExp(`put “.*” \\(${room}\\) into the Space`));
  }
  expect(await mend()).toContain('1 room put into its Space');
  await ann.person.until('the link to be back', () => isLinked(ann));
  await nothingIsLeft();
});

test('a name that was given by hand is the room’s', async () => {
  const ann = await stack.atHome('ann');
  const { room } = ann.home;
  await ann.person.api('PUT', roomPath(room, 'state/m.room.name'), { name: 'By hand' });
  await untilTrue('it to be on record', async () => (await rowOf(room))?.name === 'By hand');
  // As though that had never been heard of.
  await sql(`UPDATE room SET name = 'Older', named_by = 'nobody' WHERE room_id = $1`, room);
  expect((await dryRun()).output).toContain('“By hand”');
  await mend();
  expect(await rowOf(room)).toMatchObject({ name: 'By hand', named_by: 'person' });
  await nothingIsLeft();
});

test('a room that the database does not know comes back with its owner, session and name', async () => {
  const ann = await stack.atHome('ann');
  const { room } = ann.home;
  await askFirst(ann, 'demo remember the milk');
  const before = await rowOf(room);
  await sql('DELETE FROM room WHERE room_id = $1', room);
  const { code, output } = await dryRun('--light');
  expect(code).toBe(2);
  expect(output).toContain(
    `take “${before!.name}” (${room}) into the database: active room, session ${before!.session_id}`,
  );
  await mend('--light');
  // Whether we named it at its making or after its first question, Matrix cannot tell for certain.
  expect(await rowOf(room)).toEqual({ ...before, named_by: expect.stringMatching(/nobody|question/) });
  expect((await ann.ask('demo recall')).text).toContain('the milk');
  await nothingIsLeft();
});

test('a room that the bot is not in any more is marked, and kept', async () => {
  const ann = await stack.atHome('ann');
  const { room } = ann.home;
  const before = await rowOf(room);
  await bot('POST', roomPath(room, 'leave'), {});
  await mend();
  expect(await rowOf(room)).toEqual({ ...before, gone: true });
  await nothingIsLeft();
});

test('what somebody else writes in our place is noted, and counts for nothing', async () => {
  const ann = await stack.atHome('ann');
  const { room } = ann.home;
  await askFirst(ann, 'demo remember the salt');
  const levels = await bot<{ users: object }>('GET', roomPath(room, 'state/m.room.power_levels'));
  const users = { ...levels.users, [ann.person.userId]: 100 };
  await bot('PUT', roomPath(room, 'state/m.room.power_levels'), { ...levels, users });
  const own = await bot<object>('GET', roomPath(room, 'state/dev.surfaces.room'));
  const before = await rowOf(room);
  await ann.person.api('PUT', roomPath(room, 'state/dev.surfaces.room'), {
    ...own,
    session_id: 'chat-of-somebody-else',
  });
  const { output } = await dryRun('--json');
  expect(JSON.parse(output).notes).toContainEqual({ note: 'forged', room, by: ann.person.userId });
  await mend();
  expect(await rowOf(room)).toEqual(before);
  expect((await ann.ask('demo recall')).text).toContain('the salt');
  // Given back to the bot, it is as it was.
  await bot('PUT', roomPath(room, 'state/dev.surfaces.room'), own);
  await nothingIsLeft();
});

test('an owner who left their Space or a room is not called back; what waited there is stopped', async () => {
  const ann = await stack.atHome('ann');
  const { space, room } = ann.home;
  await ann.person.api('POST', roomPath(space, 'leave'), {});
  await nothingIsLeft();
  // The turn worker is away, so that the message waits until its author has gone.
  const paused = stack.role('turn-worker').pid;
  process.kill(paused, 'SIGSTOP');
  try {
    await ann.say('demo words=500 pace=50');
    await ann.person.api('POST', roomPath(room, 'leave'), {});
    await mend();
  } finally {
    process.kill(paused, 'SIGCONT');
  }
  await nothingIsLeft();
  const waits = `SELECT FROM lane_seq s LEFT JOIN lane l USING (lane_id) WHERE s.lane_id = $1 AND s.last_seq > coalesce(l.done_seq, 0)`;
  await untilTrue('nothing to wait there', async () => (await sql(waits, `room/${room}`)).length === 0);
  expect(await rowOf(room)).toMatchObject({ state: 'active', gone: false });
}, 90_000);

test('everything comes back from Matrix, and nothing is made twice', async () => {
  const ann = await stack.atHome('ann');
  await askFirst(ann, 'demo remember the bread');
  const rows = `SELECT room_id, kind, owner, session_id, state, op FROM room WHERE kind <> 'dm' AND gone_at IS NULL ORDER BY room_id`;
  const spaces = 'SELECT user_id, space_id FROM person WHERE space_id IS NOT NULL ORDER BY user_id';
  const before = [await sql(rows), await sql(spaces)];
  await sql('TRUNCATE room, person, operation');
  const newest = await newestEvents();
  expect((await dryRun()).code).toBe(2);
  await mend();
  expect([await sql(rows), await sql(spaces)]).toEqual(before);
  expect(await newestEvents()).toEqual(newest);
  await nothingIsLeft();
  expect((await ann.ask('demo recall')).text).toContain('the bread');
});
