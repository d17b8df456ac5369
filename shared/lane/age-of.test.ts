import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { ageOf } from './age-of.ts';
import { testLane } from './test-lane.ts';

let lanes: Awaited<ReturnType<typeof testLane>>;
beforeAll(async () => {
  lanes = await testLane();
});
afterAll(() => lanes.database.drop());

test('the age of an item is told by the database’s clock, whatever this process’s says', async () => {
  await lanes.take(['a:1']);
  const text = "UPDATE lane_item SET received_at = received_at - interval '1 minute'";
  await lanes.sql({ name: 'test_minute_ago', text });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const ageMs = await ageOf(lanes.sql, { lane: 'a', seq: 1 });
  expect(ageMs).toBeGreaterThanOrEqual(60_000);
  expect(ageMs).toBeLessThan(5 * 60_000);
});
