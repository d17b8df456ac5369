import { afterAll, beforeAll, expect, test } from 'vitest';
import { laneOf, type RoomId } from '../shared/ids/ids.ts';
import { type LaneLook, lookAtLanes } from '../shared/lane/look-at.ts';
import { type Database, openDatabase } from '../shared/store/postgres.ts';
import { sleep } from '../shared/time/time.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

// A short lease: the pauses of what lost its worker are counted in leases.
const stack = new TestStack({ scale: { 'turn-worker': 2 }, env: { SURFACES_LEASE: '1s' } });
let database: Database;
beforeAll(async () => {
  await stack.up();
  database = openDatabase(stack.stack.database_url, { namespace: 'surfaces', max: 1, applicationName: 'test' });
}, 240_000);
afterAll(() => database.close().finally(() => stack.end()), 60_000);

test('a message that kills whoever has it ends with an error; what runs beside it, and its room, go on', async () => {
  const [ann, bob] = [await stack.atHome(), await stack.atHome('bob')];
  const deadly = await ann.say('demo words=3000 pace=100');
  const behind = await ann.say('demo words=1 pace=1');
  const beside = askAllTheTime(bob, () => ann.answer(deadly).finalAt !== undefined);
  const { deaths, told } = await killEachHolder(ann, deadly);

  // Eight, where nobody loses a lease of a second to a busy machine.
  expect(deaths).toBeGreaterThan(5);
  expect(deaths).toBeLessThanOrEqual(8);
  expect(told).toMatch(/A message lost its worker \d times in a row, and may be why; it is tried again in/);
  const answer = await ann.untilAnswered(deadly);
  expect(answer).toMatchObject({ state: 'failed', code: 'internal' });
  expect(answer.parts).toHaveLength(1);
  // A line comes into the file a moment after it was written.
  const logged = () => stack.log('turn-worker', 1) + stack.log('turn-worker', 2);
  await untilTrue('the log to say why', () => logged().includes('its worker was lost 8 times in a row'));
  expect((await ann.untilAnswered(behind)).text).toBe('word1');
  expect(await beside).toBeGreaterThan(2);
  expect([...ann.breaches(), ...bob.breaches()]).toEqual([]);
}, 300_000);

/** Whoever takes the lane to answer the question dies of it at once. */
async function killEachHolder(ann: Resident, question: string): Promise<{ deaths: number; told: string }> {
  const lane = laneOf.room(ann.home.room as RoomId);
  const killed = new Set<string>();
  let told = '';
  while (ann.answer(question).finalAt === undefined) {
    const [look] = await lookAtLanes(database.run, [lane]);
    const { holder, head, losses, waitUntil } = look as LaneLook;
    if (holder !== null && !killed.has(holder) && head?.key === question && losses < 8) {
      killed.add(holder);
      const [, index] = /-(\d+)\//.exec(holder)!;
      stack.kill('turn-worker', Number(index));
    }
    if (waitUntil !== null && losses > 3 && told === '') told = (await stack.surfaces('lane', ann.home.room)).output;
    await sleep(20);
  }
  return { deaths: killed.size, told: told.replace(/\s+/g, ' ') };
}

/** @returns how many answers came, whole. */
async function askAllTheTime(bob: Resident, isOver: () => boolean): Promise<number> {
  let answers = 0;
  while (!isOver()) {
    expect(await bob.ask('demo words=10 pace=100', 120_000)).toMatchObject({
      state: 'done',
      text: expect.stringMatching(/^word1 .* word10$/),
    });
    answers += 1;
  }
  return answers;
}
