import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../time/time.ts';
import { lookAtLanes } from './look-at.ts';
import { stopLane } from './stop.ts';
import { sweepExpired } from './sweep.ts';
import { answer, away, testLane, until } from './test-lane.ts';

let lane: Awaited<ReturnType<typeof testLane>>;
beforeAll(async () => {
  lane = await testLane();
});
afterAll(() => lane.database.drop());

const set = (id: string, what: string) =>
  lane.database.run({ name: `test ${what}`, text: `UPDATE lane SET ${what} WHERE lane_id = $1` }, [id]);
const expire = (id: string) => set(id, "lease_until = now() - interval '1 second'");
const endWait = (id: string) => set(id, "wait_until = now() - interval '2 seconds'");
const look = async (id: string) => (await lookAtLanes(lane.sql, [id]))[0]!;
const never = () => new Promise<never>(() => {});

/** A worker that is killed in the middle of the lane's head: nobody hears of it again. */
async function lose(id: string) {
  const victim = lane.worker({ run: never });
  void victim.go(id);
  await until(() => victim.ran.length === 1, 'the head runs');
  victim.leases.abortAll();
  await expire(id);
}

async function loseTimes(id: string, times: number) {
  for (let time = 1; time <= times; time += 1) {
    await lose(id);
    // From the third time on it pauses first.
    if (time < 3) continue;
    expect(await lane.worker().go(id)).toBe(time < 8 ? 'waiting' : 'done');
    await endWait(id);
  }
}

describe('an item whose worker is lost', () => {
  it('goes on at once after the first and the second time', async () => {
    await lane.take(['twice:t1']);
    await loseTimes('twice', 2);
    expect(await look('twice')).toMatchObject({ waitUntil: null });
    const next = lane.worker();
    expect(await next.go('twice')).toBe('done');
    expect(next.said).toEqual(['answer t1']);
  });

  it('pauses from the third time on, longer each time, and the sweep finds it afterwards', async () => {
    await lane.take(['pause:p1']);
    const pauses: number[] = [];
    for (let time = 1; time <= 7; time += 1) {
      await lose('pause');
      if (time < 3) continue;
      const next = lane.worker();
      expect(await next.go('pause')).toBe('waiting');
      expect(await next.go('pause')).toBe('waiting');
      expect(next.ran).toEqual([]);
      const { waitUntil, now, losses } = await look('pause');
      expect(losses).toBe(time);
      pauses.push(waitUntil!.getTime() - now.getTime());
      expect((await sweepExpired(lane.sql)).filter(({ lane: swept }) => swept === 'pause')).toEqual([]);
      await endWait('pause');
      expect(await sweepExpired(lane.sql)).toContainEqual({ lane: 'pause', queue: 'turns' });
    }
    // The lease is 2 s: 2, 4, 8, 16, 32 s, each between half and one and a half of it.
    for (const [nth, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThan(1_000 * 2 ** nth - 500);
      expect(pause).toBeLessThanOrEqual(3_000 * 2 ** nth);
    }
  });

  it('ends with an error after the eighth time, without being run again, and the lane goes on', async () => {
    await lane.take(['deadly:d1', 'deadly:d2']);
    await loseTimes('deadly', 7);
    await lose('deadly');
    const next = lane.worker();
    expect(await next.go('deadly')).toBe('done');
    expect(next).toMatchObject({ ran: [], said: ['defect d1'], wakes: ['deadly@turns'] });
    expect(await next.go('deadly')).toBe('done');
    expect(next).toMatchObject({ ran: ['d2'], said: ['defect d1', 'answer d2'] });
  });

  it('counts for itself alone, and for the item behind it from the start', async () => {
    await lane.take(['next:n1', 'next:n2']);
    await loseTimes('next', 4);
    expect(await lane.worker().go('next')).toBe('done');
    expect((await look('next')).losses).toBe(0);
    await loseTimes('next', 2);
    expect(await lane.worker().go('next')).toBe('done');
  });

  it('may be stopped while it pauses', async () => {
    await lane.take(['stop:s1']);
    await loseTimes('stop', 3);
    await lose('stop');
    expect(await lane.worker().go('stop')).toBe('waiting');
    await stopLane(lane.sql, { lane: 'stop', before: Number.MAX_SAFE_INTEGER, what: 'running', key: '$stop' });
    const next = lane.worker({ run: async (item, its) => [{ op: `stopped ${item.key}`, body: its.signal.reason }] });
    expect(await next.go('stop')).toBe('done');
    expect(next.said).toEqual(['stopped s1']);
  });

  it('and withdrawn', async () => {
    await lane.take(['withdraw:w1']);
    await loseTimes('withdraw', 3);
    await lose('withdraw');
    expect(await lane.worker().go('withdraw')).toBe('waiting');
    await lane.take([], { amendments: [{ key: 'redaction', target: 'w1', kind: 'withdraw' }] });
    expect(await lane.worker().go('withdraw')).toBe('done');
  });

  it('is counted also where a worker of another queue was the first to see it', async () => {
    await lane.take(['other:o1']);
    await lose('other');
    expect(await lane.worker().go('other', 'commands')).toBe('elsewhere');
    expect((await look('other')).losses).toBe(1);
  });
});

describe('a worker that lost its lane and lives', () => {
  /** Cut off from the database while it has the lane, until its lease is over there, too. */
  async function cutOff(id: string) {
    let gone = false;
    const worker = lane.worker({
      leaseMs: 300,
      sql: (statement, values) => (gone ? Promise.reject(away()) : lane.sql(statement, values)),
      run: (_item, { lost }) => lostThenFails(lost),
    });
    const going = worker.go(id);
    await until(() => worker.ran.length === 1, 'it runs');
    gone = true;
    expect(await going).toBe('lost');
    await expire(id);
    const reconnect = () => {
      gone = false;
    };
    return { reconnect };
  }
  const lostThenFails = (lost: AbortSignal) =>
    new Promise<never>((_, reject) => lost.addEventListener('abort', () => reject(new Error('aborted'))));

  it('takes its loss back when the database is there again', async () => {
    await lane.take(['lives:l1']);
    const { reconnect } = await cutOff('lives');
    const held = Promise.withResolvers<void>();
    const next = lane.worker({ run: (item, its) => held.promise.then(() => answer(item, its)) });
    const going = next.go('lives');
    await until(() => next.ran.length === 1, 'another one has it');
    expect((await look('lives')).losses).toBe(1);
    reconnect();
    await until(async () => (await look('lives')).losses === 0, 'the loss is taken back');
    held.resolve();
    expect(await going).toBe('done');
  });

  it('also before anybody has counted it', async () => {
    await lane.take(['early:e1']);
    const { reconnect } = await cutOff('early');
    reconnect();
    await until(async () => (await losses('early')) === -1, 'the loss is taken back');
    const held = Promise.withResolvers<void>();
    const next = lane.worker({ run: (item, its) => held.promise.then(() => answer(item, its)) });
    const going = next.go('early');
    await until(() => next.ran.length === 1, 'another one has it');
    expect(await losses('early')).toBe(0);
    held.resolve();
    expect(await going).toBe('done');
  });

  it('but not where it stood still: that may be the doing of the item', async () => {
    await lane.take(['still:b1']);
    const taken = Promise.withResolvers<void>();
    const blocked = lane.worker({
      leaseMs: 300,
      run: async () => {
        const end = performance.now() + 400;
        while (performance.now() < end);
        await taken.promise;
        throw new Error('aborted');
      },
    });
    const first = blocked.go('still');
    await until(() => blocked.ran.length === 1, 'it runs');
    await expire('still');
    const held = Promise.withResolvers<void>();
    const next = lane.worker({ run: (item, its) => held.promise.then(() => answer(item, its)) });
    const going = next.go('still');
    await until(() => next.ran.length === 1, 'another one has it');
    taken.resolve();
    expect(await first).toBe('lost');
    await sleep(500);
    expect(await losses('still')).toBe(1);
    held.resolve();
    expect(await going).toBe('done');
  });
});

async function losses(id: string): Promise<number> {
  const statement = { name: 'test_losses', text: 'SELECT losses FROM lane WHERE lane_id = $1' };
  return (await lane.database.run<{ losses: number }>(statement, [id]))[0]!.losses;
}
