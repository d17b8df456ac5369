import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillPlace } from './kept-place.ts';
import { bodyBehind, isAnythingBehind } from './start-of.ts';
import { stopLane } from './stop.ts';
import { sweepExpired, sweepPending } from './sweep.ts';
import { testLane } from './test-lane.ts';

let lane: Awaited<ReturnType<typeof testLane>>;
beforeAll(async () => {
  lane = await testLane();
});
afterAll(() => lane.database.drop());

const untilOver = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** As though so much time had passed. */
const later = (id: string, ms: number) =>
  lane.database.run(
    {
      name: 'test_later',
      text: `UPDATE lane SET wait_until = wait_until - $2 * interval '1 ms', lease_until = lease_until - $2 * interval '1 ms' WHERE lane_id = $1`,
    },
    [id, ms],
  );

describe('a place that is kept for an item of another lane', () => {
  it('holds up what is behind it until that item is done, and is then gone over', async () => {
    await lane.take(['a:say', 'room:before', 'room:place<say', 'room:behind']);
    const worker = lane.worker();
    expect(await worker.go('room')).toBe('done');
    expect(await worker.go('room')).toBe('waiting');
    expect(await worker.go('a')).toBe('done');
    expect(await worker.go('room')).toBe('done');
    expect(worker.ran).toEqual(['before', 'say', 'behind']);
    expect(await worker.go('room')).toBe('idle');
  });

  it('is run where it was kept, with what was put there', async () => {
    await lane.take(['b:ask', 'filled:place of b@turns<ask', 'filled:behind b']);
    const bodies: unknown[] = [];
    const worker = lane.worker({
      run: async ({ body }) => {
        bodies.push(body);
        return [];
      },
    });
    expect(await worker.go('filled')).toBe('waiting');
    expect(await fillPlace(lane.sql, 'place of b', 'what was decided')).toBe(true);
    // Its item need not be done for that.
    expect(await worker.go('filled')).toBe('done');
    expect(await worker.go('filled')).toBe('done');
    expect(bodies).toEqual(['what was decided', 'body of behind b']);
  });

  it('is filled once, and not where there is none, or it was gone over', async () => {
    await lane.take(['c:c1', 'once:p1<c1', 'once:p2<nothing that was ever taken in']);
    expect(await fillPlace(lane.sql, 'p1', 'first')).toBe(true);
    expect(await fillPlace(lane.sql, 'p1', 'second')).toBe(false);
    expect(await fillPlace(lane.sql, 'c1', 'an item')).toBe(false);
    expect(await fillPlace(lane.sql, 'no such', 'none')).toBe(false);
    const worker = lane.worker();
    expect([await worker.go('once'), await worker.go('once')]).toEqual(['done', 'idle']);
    expect(worker.ran).toEqual(['p1']);
    expect(await fillPlace(lane.sql, 'p2', 'too late')).toBe(false);
  });

  it('is looked at again soon, then more and more seldom, by one timer however often it is woken', async () => {
    await lane.take(['d:d1', 'slow:place of d@commands<d1']);
    const worker = lane.worker();
    expect([await worker.go('slow'), await worker.go('slow'), await worker.go('slow')]).toEqual(
      Array(3).fill('waiting'),
    );
    expect(worker.wakes).toEqual([]);
    await expect.poll(() => worker.wakes).toEqual(['slow@commands']);
    await later('slow', 50);
    expect(await worker.go('slow')).toBe('waiting');
    await untilOver(60);
    expect(worker.wakes).toEqual(['slow@commands']);
    await expect.poll(() => worker.wakes).toEqual(['slow@commands', 'slow@commands']);
  });

  it('takes a timer that is a little early for the one it waits for', async () => {
    await lane.take(['early:d2', 'timer:place of t@commands<d2']);
    const [first, second] = [lane.worker(), lane.worker()];
    await first.go('timer');
    await later('timer', 35);
    await second.go('timer');
    await expect.poll(() => second.wakes).toEqual(['timer@commands']);
  });

  it('is found by the sweep where its worker has died', async () => {
    await lane.take(['e:e1', 'swept:place of e@commands<e1']);
    await lane.worker().go('swept');
    await later('swept', 1_500);
    const due = [...(await sweepExpired(lane.sql)), ...(await sweepPending(lane.sql, 0))];
    expect(due).toContainEqual({ lane: 'swept', queue: 'commands' });
  });

  it('does not keep back what an earlier holder has left unsaid, nor that holder', async () => {
    await lane.take(['f:f1', 'left:f2', 'left:place of f<f1']);
    const dying = lane.worker({ deliver: () => new Promise(() => {}) });
    void dying.go('left');
    await expect.poll(() => dying.ran).toEqual(['f2']);
    await expect.poll(async () => (await lane.database.run(UNSAID))[0]).toEqual({ unsaid: 1 });
    await later('left', 10_000);
    const next = lane.worker();
    expect(await next.go('left')).toBe('flushed');
    expect(next.said).toEqual(['answer f2']);
    expect(await next.go('left')).toBe('waiting');
    await next.go('f');
    expect(await next.go('left')).toBe('idle');
  });

  it('is nothing that waits: no stop counts it, nothing is behind an item because of it', async () => {
    await lane.take(['g:g1', 'still:g2', 'still:place of g<g1']);
    expect(await isAnythingBehind(lane.sql, 'still', 1)).toBe(false);
    expect(await bodyBehind(lane.sql, 'still', 1)).toBeNull();
    const stop = { lane: 'still', before: Number.MAX_SAFE_INTEGER, what: 'all' } as const;
    expect(await stopLane(lane.sql, { ...stop, key: 'stop 1' })).toMatchObject({ dropped: 1 });
    await lane.take(['still:g3']);
    expect(await bodyBehind(lane.sql, 'still', 1)).toBe('body of g3');
    await fillPlace(lane.sql, 'place of g', 'filled');
    expect(await stopLane(lane.sql, { ...stop, key: 'stop 2' })).toMatchObject({ dropped: 2 });
  });
});

const UNSAID = { name: 'test_unsaid', text: `SELECT count(*)::int AS unsaid FROM lane_send WHERE lane_id = 'left'` };
