import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Presence } from '../../../shared/queue/presence.ts';
import { openRedis, type Redis, untilUp } from '../../../shared/queue/redis.ts';
import { type RedisServer, redisServer } from '../../../shared/queue/redis-server.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { HISTORY_MS, History, SAMPLE_MS } from './history.ts';
import type { Look } from './look.ts';

const log = createLog('silent', {});
let server: RedisServer;
let redis: Redis;
let namespace: string;
let now: number;

beforeAll(async () => {
  server = await redisServer();
  await server.start();
});
beforeEach(async () => {
  namespace = `t${randomBytes(4).toString('hex')}`;
  now = Math.floor(Date.now() / SAMPLE_MS) * SAMPLE_MS;
  redis = openRedis(server.url, 'producer', log);
  await untilUp(redis, 5_000);
});
afterEach(() => redis.disconnect());
afterAll(() => server.kill());

/** What one process has counted by now. */
function look(turns: number): () => Promise<Look> {
  const presence = {
    ...{ role: 'turn-worker', instance: '1', host: 'box', started: 0, reasons: [], lagSeconds: 0 },
    metrics: { surfaces_turns_total: { 'code=,state=done': turns } },
  } as unknown as Presence;
  const processes = { there: [presence], vanished: [] };
  return async () => ({ at: now, own: processes, carried: { at: now, processes, queues: {}, workers: null } });
}
const done = (history: History) =>
  history.samples.map(({ added }) => added.surfaces_turns_total?.['code=,state=done'] ?? 0);

test('of two processes one takes each sample, and both have all', async () => {
  const [one, other] = [new History(redis, namespace), new History(redis, namespace)];
  await Promise.all([one.take(look(10), now), other.take(look(10), now)]);
  now += SAMPLE_MS;
  await other.take(look(13), now);
  await one.take(look(99), now);
  now += SAMPLE_MS;
  await one.take(look(20), now);
  await other.take(look(99), now);
  // What was counted by the other one's sample is not counted again.
  expect(done(one)).toEqual([0, 3, 7]);
  expect(other.samples).toEqual(one.samples);
  expect(done(new History(redis, namespace))).toEqual([]);
});

test('a process that is started anew has the last hour, and no more', async () => {
  const old = new History(redis, namespace);
  const began = now;
  for (let index = 0; index < 250; index += 1, now += SAMPLE_MS) await old.take(look(index), now);
  const fresh = new History(redis, namespace);
  await fresh.take(look(250), now);
  expect(fresh.samples.length).toBeLessThanOrEqual(HISTORY_MS / SAMPLE_MS);
  expect(fresh.samples.length).toBeGreaterThan(235);
  expect(fresh.samples[0]!.at).toBeGreaterThan(began);
  expect(await redis.zcard(`${namespace}:ops:history`)).toBeLessThanOrEqual(HISTORY_MS / SAMPLE_MS);
  expect(await redis.pttl(`${namespace}:ops:history`)).toBeGreaterThan(0);
  expect(old.samples.length).toBeLessThanOrEqual(HISTORY_MS / SAMPLE_MS);
});

test('while Redis is away it goes on in memory, and what was is not lost with an emptied Redis', async () => {
  const history = new History(redis, namespace);
  await history.take(look(1), now);
  await server.kill();
  await expect.poll(() => redis.status, { timeout: 5_000 }).not.toBe('ready');
  now += SAMPLE_MS;
  await history.take(look(3), now);
  await server.start();
  await untilUp(redis, 10_000);
  now += SAMPLE_MS;
  await history.take(look(6), now);
  expect(done(history)).toEqual([0, 2, 3]);
});
