import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedis, type Redis, untilUp } from '../../../shared/queue/redis.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { IDLE_SECONDS, SESSION_SECONDS, Sessions } from './sessions.ts';

describe.skipIf(!process.env.REDIS_URL)('sessions', () => {
  const namespace = `test_${randomBytes(4).toString('hex')}`;
  const key = randomBytes(32);
  let redis: Redis;
  beforeAll(async () => {
    redis = openRedis(process.env.REDIS_URL!, 'producer', createLog('silent', {}));
    await untilUp(redis, 5_000);
  });
  afterAll(async () => {
    const keys = await redis.keys(`${namespace}*`);
    if (keys.length > 0) await redis.del(...keys);
    redis.disconnect();
  });
  const sessions = (seconds?: { longest: number; idle: number }, signedWith = key) =>
    new Sessions({ redis, namespace, key: signedWith, ...(seconds && { seconds }) });
  const ANN = { name: 'ann', by: 'password', seal: 'a' } as const;
  const over = async (session: Sessions, token: string) =>
    expect.poll(() => session.find(token, { unused: true }), { timeout: 5_000, interval: 50 }).toBeNull();

  test('are over twelve hours after the login, and two hours after their last use', () => {
    expect([SESSION_SECONDS, IDLE_SECONDS]).toEqual([43_200, 7_200]);
  });

  test('are over when they were not used for long, and only then', async () => {
    const short = sessions({ longest: 60, idle: 1 });
    const [used, left] = [await short.open(ANN), await short.open(ANN)];
    const until = Date.now() + 1_500;
    await expect
      .poll(async () => [(await short.find(used))?.name, Date.now() > until], { timeout: 5_000, interval: 100 })
      .toEqual(['ann', true]);
    expect(await short.find(left)).toBeNull();
    // To be asked by a page that stands open is no use.
    await over(short, used);
  });

  test('are over some time after the login, however much they are used', async () => {
    const short = sessions({ longest: 1, idle: 60 });
    const token = await short.open(ANN);
    await expect.poll(() => short.find(token), { timeout: 5_000, interval: 50 }).toBeNull();
  });

  test('no token and no word of them lies in Redis, and what others write there is none', async () => {
    const mine = sessions();
    const [token, other] = [await mine.open({ ...ANN, name: 'bob' }), await mine.open({ ...ANN, name: 'eve' })];
    const keys = await redis.keys(`${namespace}*`);
    const everything = JSON.stringify([keys, ...(await redis.mget(keys))]);
    expect(everything).not.toContain(token);

    const placeOf = async (name: string) => {
      for (const place of keys) if ((await redis.get(place))?.includes(`"name":"${name}"`)) return place;
      throw new Error(`there is no session of ${name}`);
    };
    const [ofBob, ofEve] = [await placeOf('bob'), await placeOf('eve')];
    await redis.set(ofEve, (await redis.get(ofBob))!);
    expect(await mine.find(other)).toBeNull();
    await redis.set(ofBob, (await redis.get(ofBob))!.replace('"bob"', '"operator"'));
    expect(await mine.find(token)).toBeNull();
    for (const forged of ['', '.', '{}', '.{"name":"operator","by":"password","seal":"","openedAt":9e15}']) {
      await redis.set(ofBob, forged);
      expect(await mine.find(token), forged).toBeNull();
    }
  });

  test('end with another password of the page', async () => {
    const token = await sessions().open(ANN);
    expect(await sessions().find(token)).toMatchObject(ANN);
    expect(await sessions(undefined, randomBytes(32)).find(token)).toBeNull();
  });
});
