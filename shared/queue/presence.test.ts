import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Readiness } from '../runtime/health.ts';
import { createLog } from '../runtime/log.ts';
import { counter } from '../runtime/metrics.ts';
import { type OwnPresence, readProcesses, tellPresence } from './presence.ts';
import { openRedis, type Redis, untilUp } from './redis.ts';
import { type RedisServer, redisServer } from './redis-server.ts';

const log = createLog('silent', {});
const soon = { timeout: 10_000, interval: 20 };
const turns = counter('turns_total', 'turns', ['state', 'code']);
let server: RedisServer;
let redis: Redis;
let namespace: string;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await redisServer();
  await server.start();
});
beforeEach(async () => {
  namespace = `t${randomBytes(4).toString('hex')}`;
  redis = openRedis(server.url, 'producer', log);
  await untilUp(redis, 5_000);
});
afterEach(async () => {
  await stop();
  redis.disconnect();
});
afterAll(() => server.kill());

function tell(role: string, instance = '1', readiness = new Readiness([])): OwnPresence {
  const env = { SURFACES_NAMESPACE: namespace, SURFACES_INSTANCE: instance };
  return tellPresence({ env, readiness, onStop: (_what, end) => stops.push(end) }, role, redis, 50);
}
async function stop() {
  for (const end of stops.splice(0)) await end();
}
const read = () => readProcesses(redis, namespace);
const there = async () => (await read()).there;
/** As if `id`'s fifteen seconds were over. */
const silence = (role: string, instance = '1', host = hostname(), pid = process.pid) =>
  redis.del(`${namespace}:presence:${role}/${instance}/${host}/${pid}`);

describe('a process', () => {
  test('tells who and how it is, and goes with its last word', async () => {
    const readiness = new Readiness(['database']);
    turns.inc({ state: 'failed', code: 'internal' }, 3);
    tell('turn-worker', 'turn-worker-2', readiness);
    await expect
      .poll(there, soon)
      .toMatchObject([
        { role: 'turn-worker', instance: 'turn-worker-2', host: hostname(), pid: process.pid, draining: false },
      ]);
    const [presence] = await there();
    expect(presence!.reasons).toMatchObject([{ need: 'database' }]);
    expect(presence!.metrics.surfaces_turns_total).toEqual({ 'code=internal,state=failed': 3 });
    expect(Math.abs(presence!.at - Date.now())).toBeLessThan(5_000);
    expect(Math.abs(presence!.started + process.uptime() * 1000 - Date.now())).toBeLessThan(5_000);
    readiness.met('database');
    await expect.poll(async () => (await there())[0]?.reasons, soon).toEqual([]);
    await stop();
    expect(await read()).toEqual({ there: [], vanished: [] });
    expect(await redis.keys(`${namespace}*`)).toEqual([]);
  });

  test('is forgotten by Redis within fifteen seconds, should it say no more', async () => {
    tell('ops');
    await expect.poll(there, soon).toHaveLength(1);
    const [key] = await redis.keys(`${namespace}:presence:*`);
    const left = await redis.pttl(key!);
    expect(left).toBeGreaterThan(10_000);
    expect(left).toBeLessThanOrEqual(15_000);
  });

  test('tells at once that it is drained', async () => {
    const own = tell('turn-worker');
    await expect.poll(there, soon).toHaveLength(1);
    own.draining(true);
    await expect.poll(async () => (await there())[0]?.draining, soon).toBe(true);
  });

  test('that vanished is said to, until it is back under its name or another one does its work for long', async () => {
    const left = (role: string, instance: string, host: string, minutesAgo: number) =>
      redis.zadd(`${namespace}:presence`, Date.now() - minutesAgo * 60_000, `${role}/${instance}/${host}/7`);
    await left('turn-worker', 'turn-worker-2', hostname(), 1);
    await left('turn-worker', 'turn-worker-3', 'box', 1);
    await left('turn-worker', 'turn-worker-4', 'box', 11);
    await left('ingress', 'ingress-1', 'box', 11);
    await left('ops', 'ops-1', 'box', 25 * 60);
    tell('turn-worker', 'turn-worker-2');
    await expect.poll(there, soon).toHaveLength(1);
    const names = async () => (await read()).vanished.map(({ instance }) => instance);
    expect(await names()).toEqual(['ingress-1', 'turn-worker-3']);
    // What is forgotten is not kept.
    expect(await redis.zcard(`${namespace}:presence`)).toBe(3);
  });

  test('in a container that was made anew is back, though its host has another name', async () => {
    const left = (instance: string, seen: number) =>
      redis.zadd(`${namespace}:presence`, seen, `turn-worker/${instance}/b07d5977af3c/7`);
    await left('turn-worker-2', Date.now() - 3_600_000);
    await left('turn-worker-3', Date.now() - 60_000);
    tell('turn-worker', 'turn-worker-2');
    await expect.poll(there, soon).toHaveLength(1);
    expect((await read()).vanished).toMatchObject([{ instance: 'turn-worker-3' }]);
  });

  test('is not taken for a container of its name that fell silent while it was there', async () => {
    tell('turn-worker', 'turn-worker-2');
    await redis.zadd(`${namespace}:presence`, Date.now(), 'turn-worker/turn-worker-2/b07d5977af3c/7');
    await expect.poll(there, soon).toHaveLength(1);
    expect((await read()).vanished).toMatchObject([{ host: 'b07d5977af3c' }]);
  });

  test('that stands still is said to have vanished', async () => {
    tell('ingress');
    await expect.poll(there, soon).toHaveLength(1);
    await stop();
    await redis.zadd(`${namespace}:presence`, Date.now(), `ingress/1/${hostname()}/${process.pid}`);
    await silence('ingress');
    expect((await read()).vanished).toMatchObject([{ role: 'ingress', pid: process.pid }]);
  });
});

test('a Redis that is away is told when it is back, and to be stopped meanwhile takes no time', async () => {
  tell('ops');
  await expect.poll(there, soon).toHaveLength(1);
  await server.kill();
  await expect.poll(() => read().catch(({ code }) => code), soon).toBe('redis_unavailable');
  tell('ingress');
  await server.start();
  await expect
    .poll(async () => (await read().catch(() => ({ there: [] }))).there.map(({ role }) => role), soon)
    .toEqual(['ingress', 'ops']);
  await server.kill();
  await expect.poll(() => redis.status, soon).not.toBe('ready');
  const asked = performance.now();
  await stop();
  expect(performance.now() - asked).toBeLessThan(1_000);
  await server.start();
});
