import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRedis, type Redis, untilUp } from '../../../shared/queue/redis.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { Tries } from './tries.ts';

describe.skipIf(!process.env.REDIS_URL)('tries of passwords', () => {
  let redis: Redis;
  let tries: Tries;
  let looked: number;
  beforeAll(async () => {
    redis = openRedis(process.env.REDIS_URL!, 'producer', createLog('silent', {}));
    await untilUp(redis, 5_000);
  });
  beforeEach(() => {
    tries = new Tries(redis, `test_${randomBytes(4).toString('hex')}`);
    looked = 0;
  });
  afterAll(() => redis.disconnect());

  const attempt = (address: string, right: boolean, name = 'ann') =>
    tries.attempt(address, name, async () => {
      looked += 1;
      return right ? name : null;
    });

  test('made all at once are no more than one after the other', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => attempt('192.0.2.1', false)));
    expect(looked).toBe(5);
    expect(answers.filter(({ waitSeconds }) => waitSeconds > 0)).toHaveLength(35);
  });

  test('right ones made all at once are all let in', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => attempt('192.0.2.2', true)));
    expect(answers.every(({ found }) => found === 'ann')).toBe(true);
  });

  test('are not given back by a login to an account of one’s own', async () => {
    for (let round = 0; round < 4; round++) {
      await attempt('192.0.2.3', false, 'operator');
      await attempt('192.0.2.3', true, 'reader');
    }
    await attempt('192.0.2.3', false, 'operator');
    expect(await attempt('192.0.2.3', true, 'operator')).toMatchObject({ found: null, waitSeconds: 1 });
  });

  test('are given back to who has mistyped', async () => {
    for (let round = 0; round < 4; round++) await attempt('192.0.2.4', false);
    await attempt('192.0.2.4', true);
    for (let round = 0; round < 5; round++) expect((await attempt('192.0.2.4', false)).waitSeconds).toBe(0);
    expect((await attempt('192.0.2.4', true)).waitSeconds).toBeGreaterThan(0);
  });

  test('of a whole network of IPv6 are those of one', async () => {
    for (let host = 1; host <= 5; host++) await attempt(`2001:db8:0:1::${host}`, false);
    expect((await attempt('2001:0db8:0000:0001:ffff::1', true)).waitSeconds).toBeGreaterThan(0);
    expect((await attempt('2001:db8:0:2::1', true)).found).toBe('ann');
    expect((await attempt('::1', true)).found).toBe('ann');
  });
});
