import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Readiness } from '../runtime/health.ts';
import { createLog } from '../runtime/log.ts';
import { ProgressWatch } from '../runtime/progress.ts';
import { TcpProxy } from '../runtime/test-tcp-proxy.ts';
import { openControl } from './control.ts';
import { needRedis, openRedis, untilUp } from './redis.ts';
import { type RedisServer, redisServer } from './redis-server.ts';
import { serveWakes } from './serve-wakes.ts';
import { openWakes, type Wakes } from './wakes.ts';
import { watchTaking } from './watch-taking.ts';

const log = createLog('silent', {});
const soon = { timeout: 20_000, interval: 50 };
let server: RedisServer;
let proxy: TcpProxy;
let url: string;
let namespace: string;
let wakes: Wakes;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  server = await redisServer();
  await server.start();
});
beforeEach(async () => {
  proxy = await new TcpProxy(server.url).start();
  url = proxy.through(server.url);
  namespace = `t${randomBytes(4).toString('hex')}`;
  // The sending side is not behind the proxy.
  wakes = openWakes(server.url, namespace, log);
  await untilUp(wakes.redis, 5_000);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await wakes.close();
  proxy.stop();
});
afterAll(() => server.kill());

/** Takes wakes through the proxy, watched with limits that a test can wait for. */
function serve(handle: (lane: string) => Promise<unknown>, limits: { unreadyMs: number; endMs: number }) {
  const readiness = new Readiness([]);
  const failures: unknown[] = [];
  const watch = new ProgressWatch(readiness, (error) => failures.push(error), 50);
  const service = serveWakes({ redisUrl: url, namespace, queue: 'turns', concurrency: 2, log, handle });
  const worker = { redis: wakes.redis, queue: wakes.queue('turns'), hasRoom: service.hasRoom };
  closing.push(
    () => service.close(200),
    watchTaking(watch.of('turns are taken', limits), worker, 100),
    () => watch.stop(),
  );
  return { readiness, failures };
}
const NEVER = { unreadyMs: 3_600_000, endMs: 3_600_000 };

describe('a Redis of which nothing comes any more, on connections that stay open', () => {
  test('is said to be away by whoever sends to it, and is back within seconds of its return', async () => {
    const readiness = new Readiness(['redis']);
    const redis = openRedis(url, 'producer', log);
    closing.push(() => redis.disconnect());
    needRedis(redis, { readiness, environment: 'development', log, fail: () => {} });
    const needs = () => readiness.reasons().map(({ need }) => need);
    await expect.poll(needs, soon).toEqual([]);
    proxy.swallow();
    // Nobody sends anything: it is asked for.
    await expect.poll(needs, soon).toEqual(['redis']);
    proxy.mend();
    const mended = performance.now();
    await expect.poll(needs, soon).toEqual([]);
    expect(performance.now() - mended).toBeLessThan(8_000);
    expect(await redis.ping()).toBe('PONG');
  });

  test('keeps nobody who asks it something waiting for longer than five seconds', async () => {
    const redis = openRedis(url, 'producer', log);
    closing.push(() => redis.disconnect());
    await untilUp(redis, 5_000);
    proxy.swallow();
    const asked = performance.now();
    await expect(redis.get('anything')).rejects.toThrow();
    expect(performance.now() - asked).toBeLessThan(6_000);
  });

  test('does not keep a worker: it takes wakes again, and hears pokes again', { timeout: 60_000 }, async () => {
    const got: string[] = [];
    const heard: string[] = [];
    serve(async (lane) => got.push(lane), NEVER);
    const control = openControl(url, namespace, log, wakes.redis);
    control.onControl((lane) => heard.push(lane));
    closing.push(() => control.close());
    const poked = async (lane: string) => {
      await control.publishControl(lane);
      return heard.includes(lane);
    };
    await wakes.wake('before', 'turns');
    await expect.poll(() => got, soon).toEqual(['before']);
    await expect.poll(() => poked('before'), soon).toBe(true);
    proxy.swallow();
    await wakes.wake('after', 'turns');
    proxy.mend();
    await expect.poll(() => got, { ...soon, timeout: 30_000 }).toContain('after');
    await expect.poll(() => poked('after'), soon).toBe(true);
  });
});

describe('wakes that wait while a worker has room and takes none', () => {
  test('make it unready, and end it at last', async () => {
    const { readiness, failures } = serve(async () => {}, { unreadyMs: 500, endMs: 2_000 });
    await wakes.wake('first', 'turns');
    await expect.poll(() => wakes.queue('turns').getWaitingCount(), soon).toBe(0);
    proxy.swallow();
    await wakes.wake('a', 'turns');
    await expect.poll(() => readiness.reasons()[0]?.need, soon).toBe('turns are taken');
    expect(failures).toEqual([]);
    await expect.poll(() => failures, soon).toEqual([expect.objectContaining({ code: 'stalled' })]);
  });

  test('are none where it is full, where nothing waits, and where an operator holds the queue', async () => {
    const free = Promise.withResolvers<void>();
    const taken: string[] = [];
    const long = (lane: string) => {
      taken.push(lane);
      return free.promise;
    };
    const { readiness, failures } = serve(long, { unreadyMs: 800, endMs: 1_600 });
    let unready = 0;
    const watched = setInterval(() => (unready += readiness.reasons().length), 50);
    closing.push(() => clearInterval(watched));
    const looks = async () => {
      const until = performance.now() + 2_000;
      await expect.poll(() => performance.now() > until, soon).toBe(true);
    };
    await looks();
    for (const lane of ['a', 'b', 'c', 'd']) await wakes.wake(lane, 'turns');
    await expect.poll(() => taken.length, soon).toBe(2);
    await looks();
    expect(await wakes.queue('turns').getWaitingCount()).toBe(2);
    await wakes.queue('turns').pause();
    free.resolve();
    await looks();
    expect(await wakes.queue('turns').getWaitingCount()).toBeGreaterThan(0);
    expect({ unready, failures }).toEqual({ unready: 0, failures: [] });
  });
});

test('a worker whose connections were killed, or whose Redis paused, goes on by itself', {
  timeout: 60_000,
}, async () => {
  const got: string[] = [];
  serve(async (lane) => got.push(lane), NEVER);
  await wakes.wake('before', 'turns');
  await expect.poll(() => got, soon).toEqual(['before']);
  await wakes.redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await untilUp(wakes.redis, 5_000);
  await expect
    .poll(async () => {
      await wakes.wake('killed', 'turns');
      return got;
    }, soon)
    .toContain('killed');
  await wakes.redis.client('PAUSE', 6_000, 'ALL');
  await expect
    .poll(async () => {
      await wakes.wake('paused', 'turns');
      return got;
    }, soon)
    .toContain('paused');
});
