import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asEventId, asRoomId, asUserId, type EventId } from '../ids/ids.ts';
import { evalScript, openRedis, type Redis, untilUp } from '../queue/redis.ts';
import { type RedisServer, redisServer } from '../queue/redis-server.ts';
import { createLog } from '../runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../store/fresh-database.ts';
import { recordSpent } from '../store/turn-spent.ts';
import { Admission, type AskedTurn, type RunScript, type Wait } from './admission.ts';
import type { Limits } from './limits.ts';

const log = createLog('silent', {});
const NONE: Limits = {
  turnsPerMinute: 0,
  roomTurnsPerMinute: 0,
  serverTurnsPerMinute: 0,
  turnsAtOnce: 0,
  queued: 0,
  commandsPerMinute: 0,
  tokensPerDay: 0,
  costPerDay: 0,
  weights: [],
};
const ADA = asUserId('@ada:example.org');
const ANA = asUserId('@ana:example.org');
const BOB = asUserId('@bob:elsewhere.org');

describe.skipIf(!process.env.DATABASE_URL)('admission', () => {
  let server: RedisServer;
  let redis: Redis;
  let database: FreshDatabase;
  beforeAll(async () => {
    server = await redisServer();
    await server.start();
    redis = openRedis(server.url, 'producer', log);
    await untilUp(redis, 10_000);
    database = await freshDatabase(2);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.kill();
    await database.drop();
  });

  /** Workers with the same limits and one clock, that of the test: seconds since its beginning. */
  function workers(limits: Partial<Limits>) {
    const namespace = `t${randomBytes(4).toString('hex')}`;
    let seconds = 1_000_000;
    // The script's own clock is Redis'; here it is the test's.
    const clock = () => `local time = {${seconds}, 0}`;
    const run: RunScript = (script, keys, args) =>
      evalScript(redis, namespace, script.replace("local time = redis.call('TIME')", clock()), keys, args);
    const admission = new Admission({ run, database, limits: { ...NONE, ...limits }, log });
    let position = 0;
    const turn = (event: string, more: Partial<AskedTurn> = {}): AskedTurn => ({
      person: ADA,
      room: asRoomId('!a:example.org'),
      event: asEventId(`$${event}`),
      lane: `room/${event}`,
      position: ++position,
      begun: false,
      ...more,
    });
    return {
      admission,
      turn,
      pass: (more: number) => {
        seconds += more;
      },
      admit: (event: string, more?: Partial<AskedTurn>) => admission.admit(turn(event, more)),
    };
  }

  test('without limits nothing is asked', async () => {
    const run = () => Promise.reject(new Error('asked'));
    const admission = new Admission({ run, database, limits: NONE, log });
    const { turn } = workers({});
    expect(await admission.admit(turn('a'))).toBe('admitted');
    expect(await admission.leave(turn('a'))).toBe(null);
  });

  test('so many a minute start at once; the next waits until the first is a minute old', async () => {
    const { admit, pass } = workers({ turnsPerMinute: 2 });
    expect(await admit('a')).toBe('admitted');
    pass(10);
    expect(await admit('b')).toBe('admitted');
    pass(5);
    expect(await admit('c')).toEqual({ for: 'minute', ms: 45_000, untilMs: 45_000, tell: true });
    pass(45);
    expect(await admit('c')).toBe('admitted');
    expect(await admit('d')).toMatchObject({ ms: 10_000 });
  });

  test('those who wait are given times one behind the other, and asking again keeps the place', async () => {
    const { admit, pass } = workers({ turnsPerMinute: 1 });
    await admit('a');
    expect(await admit('b')).toMatchObject({ ms: 60_000 });
    expect(await admit('c')).toMatchObject({ ms: 120_000 });
    pass(30);
    expect(await admit('b')).toMatchObject({ ms: 30_000 });
    expect(await admit('d')).toMatchObject({ untilMs: 150_000 });
  });

  test('the person is told once in a flood, by the same message however often it is asked for, and again in the next', async () => {
    const { admit, pass } = workers({ turnsPerMinute: 1 });
    await admit('a');
    const tells = async (event: string) => ((await admit(event)) as Wait).tell;
    expect([await tells('b'), await tells('c'), await tells('b'), await tells('d')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    pass(0);
  });

  test('a turn that an earlier worker had begun goes on, and is not counted twice', async () => {
    const { admit } = workers({ turnsPerMinute: 2, turnsAtOnce: 2 });
    await admit('a');
    expect(await admit('a', { begun: true })).toBe('admitted');
    expect(await admit('b')).toBe('admitted');
    expect(await admit('b', { begun: true })).toBe('admitted');
    expect(await admit('c')).toMatchObject({ for: 'another' });
  });

  test('a turn that was dropped before its time gives the time back', async () => {
    const { admit, admission, turn } = workers({ turnsPerMinute: 1 });
    await admit('a');
    expect(await admit('b')).toMatchObject({ ms: 60_000 });
    await admission.leave(turn('b'), { never: true });
    expect(await admit('c')).toMatchObject({ ms: 60_000 });
  });

  test('no other person is touched, but for the limits of their room and their homeserver', async () => {
    const one = workers({ turnsPerMinute: 1 });
    await one.admit('a');
    expect(await one.admit('b', { person: BOB })).toBe('admitted');
    const room = workers({ roomTurnsPerMinute: 1 });
    await room.admit('a');
    expect(await room.admit('b', { person: BOB })).toMatchObject({ for: 'minute' });
    expect(await room.admit('c', { person: BOB, room: asRoomId('!b:example.org') })).toBe('admitted');
    const home = workers({ serverTurnsPerMinute: 1 });
    await home.admit('a');
    expect(await home.admit('b', { person: BOB })).toBe('admitted');
    expect(await home.admit('c', { person: ANA, room: asRoomId('!c:example.org') })).toMatchObject({ for: 'minute' });
  });

  test('weights give one person more, and another less but never nothing', async () => {
    const weights = [
      { who: ADA, factor: 2 },
      { who: '*:elsewhere.org', factor: 0.1 },
    ];
    const { admit } = workers({ turnsPerMinute: 2, weights });
    const events = ['a', 'b', 'c', 'd', 'e'];
    const of = async (more: Partial<AskedTurn>) => {
      const verdicts = [];
      for (const event of events) verdicts.push(await admit(`${event}${more.person ?? ''}`, more));
      return verdicts.filter((verdict) => verdict === 'admitted').length;
    };
    expect([await of({}), await of({ person: BOB }), await of({ person: ANA })]).toEqual([4, 1, 2]);
  });

  test('so many run at once; who leaves names the lane that has waited longest', async () => {
    const { admit, admission, turn, pass } = workers({ turnsAtOnce: 1 });
    await admit('a');
    expect(await admit('late', { position: 9 })).toEqual({ for: 'another', ms: 10_000, untilMs: 10_000, tell: true });
    expect(await admit('early', { position: 5 })).toMatchObject({ for: 'another', tell: false });
    expect(await admission.leave(turn('a'))).toBe('room/early');
    expect(await admit('early', { position: 5 })).toBe('admitted');
    expect(await admission.leave(turn('early'))).toBe('room/late');
    expect(await admission.leave(turn('early'))).toBe(null);
    // A worker that died keeps its place for a minute at most, and one that lives for as long as it says so.
    await admit('late', { position: 9 });
    pass(40);
    await admission.renew(turn('late'));
    pass(40);
    expect(await admit('next')).toMatchObject({ for: 'another' });
    pass(61);
    expect(await admit('next')).toBe('admitted');
  });

  test('without Redis everybody is admitted', async () => {
    const run = () => Promise.reject(new Error('away'));
    const admission = new Admission({ run, database, limits: { ...NONE, turnsPerMinute: 1, turnsAtOnce: 1 }, log });
    const { turn } = workers({});
    expect([await admission.admit(turn('a')), await admission.admit(turn('b'))]).toEqual(['admitted', 'admitted']);
  });

  test('commands: those over the limit are refused, told once, and the same one is decided the same', async () => {
    const { admission, pass } = workers({ commandsPerMinute: 2 });
    const ask = (event: string) => admission.admitCommand(ADA, asEventId(`$${event}`));
    expect([await ask('a'), await ask('b'), await ask('a')]).toEqual(['admitted', 'admitted', 'admitted']);
    pass(20);
    expect(await ask('c')).toEqual({ ms: 40_000, tell: true });
    expect(await ask('d')).toMatchObject({ tell: false });
    expect(await ask('c')).toMatchObject({ tell: true });
    pass(40);
    expect(await ask('e')).toBe('admitted');
  });

  test('what a day allows, by tokens or by cost, and until when', async () => {
    const spend = (event: EventId, tokens: number, cost: number) =>
      recordSpent(database, { event, person: ANA, tokens, cost });
    await spend(asEventId('$one'), 600, 0.2);
    const byTokens = workers({ tokensPerDay: 1000 });
    expect(await byTokens.admit('a', { person: ANA })).toBe('admitted');
    await spend(asEventId('$two'), 100, 0.1);
    await spend(asEventId('$two'), 400, 0.9);
    const wait = (await byTokens.admit('b', { person: ANA })) as Wait;
    expect(wait).toMatchObject({ for: 'day', ms: 600_000, tell: true });
    expect(wait.untilMs).toBeGreaterThan(23.9 * 3_600_000);
    expect(await byTokens.admit('c', { person: ANA })).toMatchObject({ tell: false });
    expect(await byTokens.admit('d', { person: BOB })).toBe('admitted');
    expect(await byTokens.admit('e', { person: ANA, begun: true })).toBe('admitted');
    expect(await workers({ costPerDay: 1 }).admit('f', { person: ANA })).toMatchObject({ for: 'day' });
    expect(await workers({ costPerDay: 2 }).admit('g', { person: ANA })).toBe('admitted');
  });

  test('however turns come, start late or are dropped: no 60 seconds hold more starts than the limit', async () => {
    const step = fc.record({
      pause: fc.integer({ min: 0, max: 25 }),
      lateness: fc.integer({ min: 0, max: 40 }),
      drop: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { minLength: 5, maxLength: 30 }),
        async (limit, steps) => {
          const { admission, turn, pass } = workers({ turnsPerMinute: limit });
          let now = 0;
          const starts: number[] = [];
          const waiting: { asked: AskedTurn; at: number }[] = [];
          const advance = (by: number) => {
            now += by;
            pass(by);
          };
          const ask = async (asked: AskedTurn, late: number) => {
            const verdict = await admission.admit(asked);
            if (verdict === 'admitted') starts.push(now);
            else waiting.push({ asked, at: now + Math.ceil(verdict.ms / 1000) + late });
          };
          for (const [index, { pause, lateness, drop }] of steps.entries()) {
            advance(pause);
            for (const due of waiting.filter(({ at }) => at <= now)) {
              waiting.splice(waiting.indexOf(due), 1);
              if (drop) await admission.leave(due.asked, { never: true });
              else await ask(due.asked, lateness);
            }
            await ask(turn(`e${index}`), lateness);
          }
          for (let rounds = 0; waiting.length > 0; rounds++) {
            expect(rounds).toBeLessThan(10_000);
            advance(1);
            for (const due of waiting.filter(({ at }) => at <= now)) {
              waiting.splice(waiting.indexOf(due), 1);
              await ask(due.asked, 0);
            }
          }
          for (const start of starts)
            expect(starts.filter((other) => other >= start && other < start + 60).length).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 40 },
    );
  });
});
