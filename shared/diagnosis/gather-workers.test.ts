import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellPresence } from '../queue/presence.ts';
import { openRedis, type Redis, untilUp } from '../queue/redis.ts';
import { type RedisServer, redisServer } from '../queue/redis-server.ts';
import { Readiness } from '../runtime/health.ts';
import { createLog } from '../runtime/log.ts';
import { gatherWorkers } from './gather-workers.ts';

const namespace = `t${randomBytes(4).toString('hex')}`;
let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await redisServer();
  await server.start();
  redis = openRedis(server.url, 'producer', createLog('silent', {}));
  await untilUp(redis, 5_000);
});
afterAll(() => {
  redis.disconnect();
  server.kill();
});

test('who works, who is drained and who is silent are told apart', async () => {
  const stops: (() => Promise<unknown>)[] = [];
  const tell = (instance: string, tellMs?: number) => {
    const env = { SURFACES_NAMESPACE: namespace, SURFACES_INSTANCE: instance };
    const context = {
      env,
      readiness: new Readiness([]),
      onStop: (_: string, end: () => Promise<unknown>) => stops.push(end),
    };
    return tellPresence(context, 'turn-worker', redis, tellMs);
  };
  const states = async () =>
    Object.fromEntries(
      (await gatherWorkers(redis, namespace)).processes!.map(({ instance, state }) => [instance, state]),
    );
  tell('one', 50);
  tell('two', 50).draining(true);
  tell('three', 3_600_000);
  const soon = { timeout: 10_000, interval: 20 };
  await expect.poll(states, soon).toEqual({ one: 'there', two: 'drained', three: 'there' });
  // As if its fifteen seconds were over.
  await redis.del(`${namespace}:presence:turn-worker/three/${hostname()}/${process.pid}`);
  expect(await states()).toEqual({ one: 'there', two: 'drained', three: 'silent' });
  for (const end of stops) await end();
});
