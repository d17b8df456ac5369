import { expect, test } from 'vitest';
import { createLog } from '../runtime/log.ts';
import { registry } from '../runtime/metrics.ts';
import { sleep } from '../time/time.ts';
import { openRedis, untilUp } from './redis.ts';
import { redisServer } from './redis-server.ts';

const connected = async () => /^surfaces_redis_connected (.*)$/m.exec(await registry.metrics())?.[1];

test('a process is connected while all its connections are', async () => {
  const server = await redisServer();
  await server.start();
  const log = createLog('silent', {});
  const first = openRedis(server.url, 'producer', log);
  const second = openRedis(server.url, 'worker', log);
  await Promise.all([untilUp(first, 5_000), untilUp(second, 5_000)]);
  expect(await connected()).toBe('1');
  await server.kill();
  while ((await connected()) !== '0') await sleep(10);
  await server.start();
  await Promise.all([untilUp(first, 5_000), untilUp(second, 5_000)]);
  expect(await connected()).toBe('1');
  // One that is closed on purpose is missed by nobody.
  second.disconnect();
  while (second.status !== 'end') await sleep(10);
  expect(await connected()).toBe('1');
  first.disconnect();
  await server.kill();
});
