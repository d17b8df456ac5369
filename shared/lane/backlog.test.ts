import { afterAll, beforeAll, expect, it } from 'vitest';
import { Parked } from './park.ts';
import { backlog } from './sweep.ts';
import { testLane } from './test-lane.ts';

let lane: Awaited<ReturnType<typeof testLane>>;
beforeAll(async () => {
  lane = await testLane();
});
afterAll(() => lane.database.drop());

const age = (text: string) => lane.database.run({ name: `test_age_${text.length}`, text });

it('tells who waits for a worker apart from what is worked on and what waits for somebody', async () => {
  await lane.take(['held:h1', 'held:h2', 'parked:p1', 'idle:i1']);
  await age("UPDATE lane_item SET received_at = now() - interval '100 s' WHERE key IN ('h1', 'p1')");
  await age("UPDATE lane_item SET received_at = now() - interval '10 s' WHERE key = 'i1'");
  const asks = lane.worker({
    run: async () => {
      throw new Parked(3_600_000);
    },
  });
  expect(await asks.go('parked')).toBe('waiting');
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const runs = lane.worker({
    async run() {
      begin();
      await over;
      return [];
    },
  });
  const running = runs.go('held');
  await begun;
  const during = await backlog(lane.sql);
  expect(during).toMatchObject({ lanes: 3, items: 4, held: 1, parked: 1, unsent: 0, oldestUnsentSeconds: 0 });
  expect(Math.round(during.oldestSeconds / 10)).toBe(10);
  expect(Math.round(during.oldestIdleSeconds / 10)).toBe(1);
  end();
  await running;
  expect(await backlog(lane.sql)).toMatchObject({ lanes: 3, items: 3, held: 0, parked: 1 });
});

it('tells how old the oldest send is that was decided and not made', async () => {
  await lane.take(['out:o1']);
  const mute = lane.worker({
    deliver: async () => {
      throw new Error('not now');
    },
  });
  await mute.go('out').catch(() => {});
  await age("UPDATE lane_send SET created_at = now() - interval '50 s', sent_at = NULL WHERE lane_id = 'out'");
  const { unsent, oldestUnsentSeconds } = await backlog(lane.sql);
  expect(unsent).toBe(1);
  expect(Math.round(oldestUnsentSeconds / 10)).toBe(5);
});
