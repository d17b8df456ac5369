import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enqueue } from './enqueue.ts';
import { HandOver } from './hand-over.ts';
import { nudge } from './nudge.ts';
import { Parked } from './park.ts';
import { stopLane } from './stop.ts';
import { sweepExpired, sweepPending } from './sweep.ts';
import { answer, type Run, testLane } from './test-lane.ts';

let lane: Awaited<ReturnType<typeof testLane>>;
beforeAll(async () => {
  lane = await testLane();
});
afterAll(() => lane.database.drop());

const HOUR = 3_600_000;
const parkOnce = (seen: unknown[] = []): Run => {
  let parked = false;
  return async (item, context) => {
    seen.push([item.key, context.resumed, context.waits]);
    if (parked) return answer(item, context);
    parked = true;
    throw new Parked(HOUR);
  };
};
const due = async (id: string) => {
  const lanes = [...(await sweepExpired(lane.sql)), ...(await sweepPending(lane.sql, 0))];
  return lanes.filter((each) => each.lane === id).map(({ queue }) => queue);
};
/** As though a second and a half had passed: the sweep leaves the first second to the worker that knows. */
const later = (id: string) =>
  lane.database.run(
    { name: 'test_later', text: "UPDATE lane SET wait_until = wait_until - interval '1500 ms' WHERE lane_id = $1" },
    [id],
  );

describe('an item that is parked', () => {
  it('stays the head without a holder, is not swept, and goes on after a nudge, resumed', async () => {
    await lane.take(['park:p1', 'park:p2']);
    const seen: unknown[] = [];
    const worker = lane.worker({ run: parkOnce(seen) });
    expect(await worker.go('park')).toBe('waiting');
    expect(worker.leases.size).toBe(0);
    expect(worker.wakes).toEqual([]);
    expect(await due('park')).toEqual([]);
    expect(await nudge(lane.sql, 'park')).toBe('turns');
    await later('park');
    expect(await due('park')).toContain('turns');
    expect(await worker.go('park')).toBe('done');
    expect(await worker.go('park')).toBe('done');
    // Waiting for a person is no failure: it is not counted.
    expect(seen).toEqual([
      ['p1', false, 0],
      ['p1', true, 0],
      ['p2', false, 0],
    ]);
    expect(worker.said).toEqual(['answer p1', 'answer p2']);
  });

  it('takes a wake for something else calmly: it is run, and parks again', async () => {
    await lane.take(['calm:q1']);
    const worker = lane.worker({
      run: async () => {
        throw new Parked(HOUR);
      },
    });
    await worker.go('calm');
    await lane.take(['calm:q2']);
    expect(await worker.go('calm')).toBe('waiting');
    expect(worker.ran).toEqual(['q1', 'q1']);
    expect(await due('calm')).toEqual([]);
  });

  it('does not miss a nudge that comes while it is on its way to be parked', async () => {
    await lane.take(['race:r1']);
    const worker = lane.worker({
      run: async () => {
        await nudge(lane.sql, 'race');
        throw new Parked(HOUR);
      },
    });
    expect(await worker.go('race')).toBe('waiting');
    expect(worker.wakes).toEqual(['race@turns']);
    await later('race');
    expect(await due('race')).toContain('turns');
  });

  it('forgets a nudge that came before it was taken, and minds none where nothing waits', async () => {
    expect(await nudge(lane.sql, 'nowhere')).toBeNull();
    await lane.take(['stale:s1']);
    await nudge(lane.sql, 'stale');
    const worker = lane.worker({ run: parkOnce() });
    await worker.go('stale');
    expect(worker.wakes).toEqual([]);
  });

  it('is run at the end of its time without anybody', async () => {
    await lane.take(['time:t1']);
    const worker = lane.worker({
      run: async () => {
        throw new Parked(1);
      },
    });
    await worker.go('time');
    await later('time');
    expect(await due('time')).toContain('turns');
  });

  it('is reached by a stop and by a withdrawal: it is run again, told to end from the start', async () => {
    for (const why of ['stopped', 'withdrawn'] as const) {
      await lane.take([`${why}:${why}1`]);
      const reasons: unknown[] = [];
      const worker = lane.worker({
        run: async (item, context) => {
          if (!context.resumed) throw new Parked(HOUR);
          reasons.push(context.signal.reason, context.lost.aborted);
          return answer(item, context);
        },
      });
      await worker.go(why);
      if (why === 'stopped') {
        const stop = { lane: why, before: Number.MAX_SAFE_INTEGER, what: 'running', key: 'k' } as const;
        const wakes: string[] = [];
        const wake = async (to: string, queue: string) => void wakes.push(`${to}@${queue}`);
        expect(await stopLane(lane.sql, stop, { wake })).toEqual({ running: true, dropped: 0 });
        expect(wakes).toEqual(['stopped@turns']);
        await later(why);
      } else {
        const amendments = [{ key: 'w', target: 'withdrawn1', kind: 'withdraw' }] as const;
        const { withdrawn } = await lane.take([], { amendments });
        expect(withdrawn).toEqual([{ lane: 'withdrawn', queue: 'turns' }]);
      }
      expect(await due(why)).toContain('turns');
      await worker.go(why);
      expect(reasons).toEqual([{ cancel: true, why }, false]);
    }
  });
});

describe('an item that is handed over', () => {
  it('is run by the workers of the other queue, at its place, as though it had not been begun', async () => {
    await lane.take(['hand:h1', 'hand:h2']);
    const turns = lane.worker({
      run: async () => {
        throw new HandOver('commands');
      },
    });
    expect(await turns.go('hand')).toBe('elsewhere');
    expect(turns.wakes).toEqual(['hand@commands']);
    expect(await due('hand')).toEqual(['commands']);
    expect(await turns.go('hand')).toBe('elsewhere');
    const seen: unknown[] = [];
    const commands = lane.worker({
      run: async (item, context) => {
        seen.push([item.key, item.queue, context.resumed]);
        return answer(item, context);
      },
    });
    expect(await commands.go('hand', 'commands')).toBe('done');
    expect(seen).toEqual([['h1', 'commands', false]]);
    expect(commands.wakes).toEqual(['hand@turns']);
    expect(await commands.go('hand', 'commands')).toBe('elsewhere');
  });

  it('takes a change that comes before its start, wherever it is then', async () => {
    await lane.take(['late:l1']);
    await lane
      .worker({
        run: async () => {
          throw new HandOver('commands');
        },
      })
      .go('late');
    await lane.take([], { amendments: [{ key: 'la', target: 'l1', kind: 'replace', body: 'changed' }] });
    const bodies: unknown[] = [];
    const commands = lane.worker({
      run: async (item, context) => {
        bodies.push(item.body);
        return answer(item, context);
      },
    });
    await commands.go('late', 'commands');
    expect(bodies).toEqual(['changed']);
  });
});

describe('an item of a worker’s own', () => {
  const own = { key: 'own1', lane: 'own', queue: 'commands', position: 7, body: { b: 1 } };

  it('goes behind what is there, once for its key, also when two put it there at once', async () => {
    await lane.take(['own:o1']);
    const fresh = await Promise.all(Array.from({ length: 8 }, () => enqueue(lane.sql, own)));
    expect(fresh.filter(Boolean)).toHaveLength(1);
    expect(await enqueue(lane.sql, own)).toBe(false);
    await lane.take(['own:o2']);
    const items: unknown[] = [];
    const run: Run = async (item) => {
      items.push([item.key, item.seq, item.position]);
      return [];
    };
    const [turns, commands] = [lane.worker({ run }), lane.worker({ run })];
    await turns.go('own');
    await commands.go('own', 'commands');
    await turns.go('own');
    expect(items).toEqual([
      ['o1', 1, expect.any(Number)],
      ['own1', 2, 7],
      ['o2', 3, expect.any(Number)],
    ]);
  });

  it('leaves no gap in the numbers, beside pages for the same lanes', async () => {
    const lanes = ['mix1', 'mix2', 'mix3'];
    const puts = Array.from({ length: 60 }, (_, n) =>
      enqueue(lane.sql, { ...own, key: `mix-own-${n % 40}`, lane: lanes[n % 3]! }),
    );
    for (let n = 0; n < 20; n += 1) await lane.take(lanes.map((id) => `${id}:${id}-page-${n}`));
    await Promise.all(puts);
    const rows = await lane.database.run<{ seqs: number[] }>({
      name: 'test_seqs',
      text: "SELECT array_agg(seq::int ORDER BY seq) AS seqs FROM lane_item WHERE lane_id LIKE 'mix%' GROUP BY lane_id",
    });
    expect(rows).toHaveLength(3);
    for (const { seqs } of rows) expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });
});
