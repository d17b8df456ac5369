import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { createLog } from '../runtime/log.ts';
import { openControl } from './control.ts';
import { checkPolicy, isUp, openRedis } from './redis.ts';
import { type RedisServer, redisServer } from './redis-server.ts';
import { serveWakes } from './serve-wakes.ts';
import { openWakes } from './wakes.ts';

const log = createLog('silent', {});
let server: RedisServer;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await redisServer();
  await server.start();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => server.kill());

async function open() {
  const namespace = `t${randomBytes(4).toString('hex')}`;
  const wakes = openWakes(server.url, namespace, log);
  closing.push(() => wakes.close());
  await until(() => isUp(wakes.redis), 'connected');
  return { namespace, wakes };
}

function serve(namespace: string, handle: (lane: string) => Promise<unknown>, queue = 'turns') {
  const service = serveWakes({ redisUrl: server.url, namespace, queue, concurrency: 10, log, handle });
  closing.push(() => service.close(2_000));
  return service;
}

async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 15_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('wakes', () => {
  it('arrive, and all keys begin with the namespace', async () => {
    const { namespace, wakes } = await open();
    const got: string[] = [];
    serve(namespace, async (lane) => got.push(lane));
    await wakes.wake('room/!a:b', 'turns');
    await wakes.wakeAll([
      { lane: 'x', queue: 'turns' },
      { lane: 'y', queue: 'turns' },
      { lane: 'z', queue: 'elsewhere' },
    ]);
    await until(() => got.length === 3, 'three wakes');
    expect(got.sort()).toEqual(['room/!a:b', 'x', 'y']);
    const keys = await wakes.redis.keys('*');
    expect(keys.filter((key) => key.startsWith(namespace)).length).toBeGreaterThan(0);
    expect(keys.filter((key) => !/^t[0-9a-f]{8}:/.test(key))).toEqual([]);
  });

  it('of one lane are kept to one that waits, and one more after the one that runs', async () => {
    const { namespace, wakes } = await open();
    for (let i = 0; i < 5; i += 1) await wakes.wake('l', 'turns');
    const free = Promise.withResolvers<void>();
    let runs = 0;
    serve(namespace, async () => {
      runs += 1;
      if (runs === 1) await free.promise;
    });
    await until(() => runs === 1, 'it runs');
    for (let i = 0; i < 5; i += 1) await wakes.wake('l', 'turns');
    free.resolve();
    await until(
      async () => (await wakes.queue('turns').getJobCountByTypes('waiting', 'active', 'delayed')) === 0,
      'done',
    );
    expect(runs).toBe(2);
  });

  it('come again where what they need is away, without using up anything', async () => {
    const { namespace, wakes } = await open();
    let runs = 0;
    serve(namespace, async () => {
      runs += 1;
      if (runs < 4) throw new SurfacesError('database_unavailable', 'away', { retryAfterMs: 10 });
    });
    await wakes.wake('l', 'turns');
    await until(() => runs === 4, 'four tries');
    expect(await wakes.queue('turns').getFailedCount()).toBe(0);
  });

  it('are swept in only where none waits', async () => {
    const { wakes } = await open();
    await wakes.wake('a', 'turns');
    const lanes = ['a', 'b'].map((lane) => ({ lane, queue: 'turns' }));
    expect(await wakes.sweep(lanes)).toBe(1);
    expect(await wakes.sweep(lanes)).toBe(0);
    expect(await wakes.sweep(lanes, { pastDead: true })).toBe(2);
    expect(await wakes.sweep(lanes, { pastDead: true })).toBe(0);
    expect(await wakes.queue('turns').getWaitingCount()).toBe(4);
  });

  it('that a worker with a wrong clock put off for long are swept in once more', async () => {
    const { namespace, wakes } = await open();
    let runs = 0;
    serve(namespace, async () => {
      runs += 1;
      if (runs === 1) throw new SurfacesError('database_unavailable', 'away', { retryAfterMs: 10 * 60_000 });
    });
    await wakes.wake('l', 'turns');
    await until(async () => (await wakes.queue('turns').getDelayedCount()) === 1, 'it is put off');
    const lanes = [{ lane: 'l', queue: 'turns' }];
    expect(await wakes.sweep(lanes)).toBe(1);
    await until(() => runs === 2, 'it runs all the same');
  });

  it('that are put off for a moment are not', async () => {
    const { namespace, wakes } = await open();
    serve(namespace, async () => {
      throw new SurfacesError('database_unavailable', 'away', { retryAfterMs: 30_000 });
    });
    await wakes.wake('l', 'turns');
    await until(async () => (await wakes.queue('turns').getDelayedCount()) === 1, 'it is put off');
    expect(await wakes.sweep([{ lane: 'l', queue: 'turns' }])).toBe(0);
  });

  it('get lost quietly while Redis is away, and go on when it is back', { timeout: 40_000 }, async () => {
    const { namespace, wakes } = await open();
    const got: string[] = [];
    serve(namespace, async (lane) => got.push(lane));
    await wakes.wake('before', 'turns');
    await until(() => got.includes('before'), 'a wake before');
    await server.kill();
    const began = performance.now();
    await Promise.all(Array.from({ length: 50 }, (_, n) => wakes.wake(`lost ${n}`, 'turns')));
    expect(performance.now() - began).toBeLessThan(1_500);
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    await server.start();
    await until(() => isUp(wakes.redis), 'connected again');
    await until(async () => {
      await wakes.wake('after', 'turns');
      return got.includes('after');
    }, 'a wake after');
  });

  it('can be sent where Redis never was', async () => {
    const wakes = openWakes('redis://127.0.0.1:1', 'nowhere', log);
    const began = performance.now();
    await wakes.wake('l', 'turns');
    await wakes.sweep([{ lane: 'l', queue: 'turns' }]);
    expect(performance.now() - began).toBeLessThan(1_500);
    await wakes.close();
  });

  it('that do not run are not waited for where Redis is away', { timeout: 40_000 }, async () => {
    const { namespace, wakes } = await open();
    const got: string[] = [];
    const service = serve(namespace, async (lane) => got.push(lane));
    await wakes.wake('l', 'turns');
    await until(() => got.length === 1, 'it runs');
    await server.kill();
    await until(() => !isUp(service.redis), 'it is away');
    const began = performance.now();
    await service.close(5_000);
    expect(performance.now() - began).toBeLessThan(1_000);
    await server.start();
  });

  it('are left to recovery where they do not end in time', async () => {
    const { namespace, wakes } = await open();
    let runs = 0;
    const service = serveWakes({
      redisUrl: server.url,
      namespace,
      queue: 'turns',
      concurrency: 1,
      log,
      handle: () => {
        runs += 1;
        return new Promise(() => {});
      },
    });
    await wakes.wake('l', 'turns');
    await until(() => runs === 1, 'it runs');
    const began = performance.now();
    await service.close(200);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe('the control channel', () => {
  it('tells every process which lane to look at', async () => {
    const { namespace, wakes } = await open();
    const heard: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      const control = openControl(server.url, namespace, log, wakes.redis);
      control.onControl((lane) => heard.push(lane));
      closing.push(() => control.close());
    }
    const sender = openControl(server.url, namespace, log, wakes.redis);
    await until(async () => {
      await sender.publishControl('l');
      return heard.length >= 2;
    }, 'both heard it');
  });
});

describe('the eviction policy', () => {
  it('is a warning in development and refused in production', async () => {
    const redis = openRedis(server.url, 'worker', log);
    closing.push(async () => redis.disconnect());
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const warnings: object[] = [];
    await checkPolicy(redis, 'development', { ...log, warn: (fields: object) => warnings.push(fields) } as never);
    expect(warnings).toEqual([{ code: 'redis_evicts', policy: 'allkeys-lru' }]);
    await expect(checkPolicy(redis, 'production', log)).rejects.toMatchObject({ code: 'redis_evicts' });
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await checkPolicy(redis, 'production', log);
  });
});
