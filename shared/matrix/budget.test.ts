import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { evalScript, openRedis, type Redis } from '../queue/redis.ts';
import { createLog } from '../runtime/log.ts';
import { createBudget, type RunScript } from './budget.ts';
import { BUDGET_SCRIPT } from './budget-script.ts';
import { advance, fullBucket, limited, take } from './token-bucket.ts';

test('without Redis: a wall clock that is set back holds no send', async () => {
  const budget = createBudget({ run: () => Promise.reject(new Error('away')), key: 'none', rate: 0 });
  await budget.limited(50);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 10 * 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await budget.take('first')).toBeLessThanOrEqual(50);
});

const url = process.env.REDIS_URL;
const namespace = `test_budget_${process.pid}_${Date.now()}`;

describe.skipIf(!url)('the budget in Redis', () => {
  const redis: Redis = url ? openRedis(url, 'worker', createLog('error', {})) : (undefined as never);
  const evaluate: RunScript = async (script, keys, args) =>
    (await evalScript(redis, namespace, script, keys, args)) as number[];
  const options = { run: evaluate, key: 'send-budget', rate: 0 };
  beforeEach(async () => void (await redis.del(`${namespace}:send-budget`)));
  afterAll(() => redis.disconnect());

  test('the script and the bucket in TypeScript say the same', { timeout: 30_000 }, async () => {
    const step = fc.record({
      dt: fc.nat(5_000),
      sent: fc.nat(100),
      operation: fc.constantFrom('look', 'first', 'middle', 'limited'),
      retry: fc.nat(3_000),
    });
    const history = fc.array(step, { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(history, fc.constantFrom(0, 5), async (steps, cap) => {
        await redis.del(`${namespace}:both`);
        let bucket = fullBucket;
        let now = 1_700_000_000_000;
        for (const { dt, sent, operation, retry } of steps) {
          now += dt;
          const [waitMs, milliRate] = await evaluate(BUDGET_SCRIPT, ['both'], [operation, sent, cap, retry, now]);
          bucket = advance(bucket, now, sent, cap);
          if (operation === 'limited') bucket = limited(bucket, retry);
          let expected = Math.max(0, bucket.frozenUntil - now);
          if (operation === 'first' || operation === 'middle') {
            const taken = take(bucket, operation);
            bucket = taken.bucket;
            expected = taken.waitMs;
          }
          expect(Math.abs((waitMs ?? 0) - expected)).toBeLessThanOrEqual(1);
          expect(Math.abs((milliRate ?? 0) - bucket.rate * 1000)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('while nothing limits, sends cost no call', async () => {
    let calls = 0;
    const counting: RunScript = (...all) => {
      calls += 1;
      return evaluate(...all);
    };
    const budget = createBudget({ ...options, run: counting });
    for (let index = 0; index < 500; index++) expect(await budget.take('first')).toBe(0);
    expect(calls).toBeLessThanOrEqual(3);
  });

  test('a 429 of one process holds the others within a second', async () => {
    let now = Date.now();
    const one = createBudget({ ...options, now: () => now });
    const other = createBudget({ ...options, now: () => now });
    for (let index = 0; index < 50; index++) await other.take('first');
    await one.limited(60_000);
    expect(await one.take('first')).toBeGreaterThan(50_000);
    now += 1_001;
    await expect.poll(() => other.take('first')).toBeGreaterThan(50_000);
  });
});

test('while Redis is away each process keeps a bucket of its own', async () => {
  let now = 1_000;
  const run = () => Promise.reject(new Error('away'));
  const budget = createBudget({ run, key: 'b', rate: 0, now: () => now });
  expect(await budget.take('first')).toBe(0);
  await budget.limited(2_000);
  expect(await budget.take('first')).toBe(2_000);
  now += 2_001;
  expect(await budget.take('first')).toBe(0);
  expect(await budget.take('first')).toBeGreaterThan(0);
});
