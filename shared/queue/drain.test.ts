import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../runtime/log.ts';
import { openControl } from './control.ts';
import { askToDrain, obeyDrain } from './drain.ts';
import { onAvailability, openRedis, type Redis, untilUp } from './redis.ts';
import { serveWakes } from './serve-wakes.ts';
import { openWakes } from './wakes.ts';

describe.skipIf(!process.env.REDIS_URL)('draining', () => {
  const url = process.env.REDIS_URL!;
  const namespace = `test_${randomBytes(6).toString('hex')}`;
  const log = createLog('silent', {});
  const name = { role: 'turn-worker', instance: '1', host: 'here', pid: 1 };
  let redis: Redis;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => {
    redis = openRedis(url, 'producer', log);
    await untilUp(redis, 5_000);
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    const keys = await redis.keys(`${namespace}*`);
    if (keys.length > 0) await redis.del(...keys);
  });
  afterAll(() => redis.disconnect());

  /** A process that obeys, with what it was told. */
  function process_(): boolean[] {
    const heard: boolean[] = [];
    const control = openControl(url, namespace, log, redis);
    ends.push(
      obeyDrain({ redis, control, namespace }, name, (drained) => heard.push(drained)),
      () => control.close(),
    );
    return heard;
  }
  const ask = (drained: boolean) => {
    const control = openControl(url, namespace, log, redis);
    return askToDrain({ redis, control, namespace }, name, drained);
  };

  test('is heard of at once, and so is its end; asked twice, it is told once', async () => {
    const heard = process_();
    await expect.poll(async () => (await redis.pubsub('NUMSUB', `${namespace}:drains`))[1]).toBe(1);
    await ask(true);
    await expect.poll(() => heard, { timeout: 2_000 }).toEqual([true]);
    await ask(true);
    await ask(false);
    await expect.poll(() => heard, { timeout: 2_000 }).toEqual([true, false]);
  });

  test('ends with the process: its successor of the same name is not drained', async () => {
    const first = process_();
    await expect.poll(async () => (await redis.pubsub('NUMSUB', `${namespace}:drains`))[1]).toBe(1);
    await ask(true);
    await expect.poll(() => first, { timeout: 2_000 }).toEqual([true]);
    for (const end of ends.splice(0)) await end();
    const second = process_();
    await expect.poll(async () => redis.exists(`${namespace}:drain:turn-worker/1/here/1`)).toBe(0);
    expect(second).toEqual([]);
  });

  test('cannot be asked of a Redis that is away', async () => {
    const away = openRedis('redis://127.0.0.1:1', 'producer', log);
    onAvailability(away, () => {});
    const control = openControl(url, namespace, log, away);
    await expect(askToDrain({ redis: away, control, namespace }, name, true)).rejects.toMatchObject({
      code: 'redis_unavailable',
    });
    away.disconnect();
  });

  test('leaves what comes to another worker, also what the drained one was waiting for already', async () => {
    const ran: string[] = [];
    const wakes = openWakes(url, namespace, log);
    await untilUp(wakes.redis, 5_000);
    const options = { redisUrl: url, namespace, queue: 'turns', concurrency: 2, log };
    const serve = (who: string) => serveWakes({ ...options, handle: async (lane) => void ran.push(`${who} ${lane}`) });
    const drained = serve('drained');
    ends.push(
      () => drained.close(1_000),
      () => wakes.close(),
    );
    await wakes.wake('room/a', 'turns');
    await expect.poll(() => ran, { timeout: 5_000 }).toEqual(['drained room/a']);
    drained.pause();
    expect(drained.hasRoom()).toBe(false);
    await wakes.wake('room/b', 'turns');
    const queue = wakes.queue('turns');
    await expect.poll(async () => (await queue.getJobCounts('wait', 'delayed', 'active')).active).toBe(0);
    expect(ran).toHaveLength(1);
    const other = serve('other');
    ends.push(() => other.close(1_000));
    await expect.poll(() => ran, { timeout: 5_000 }).toEqual(['drained room/a', 'other room/b']);
    await other.close(1_000);
    drained.resume();
    await wakes.wake('room/c', 'turns');
    await expect.poll(() => ran[2], { timeout: 15_000 }).toBe('drained room/c');
  });
});
