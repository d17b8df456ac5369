import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { TcpProxy } from '../runtime/test-tcp-proxy.ts';
import { openDatabase } from '../store/postgres.ts';
import type { RunSql } from './lane.ts';
import type { LaneAbort } from './lease.ts';
import { NotYet } from './not-yet.ts';
import { stopLane } from './stop.ts';
import { sweepExpired, sweepPending } from './sweep.ts';
import { answer, away, testLane, testWorker, until } from './test-lane.ts';

let lane: Awaited<ReturnType<typeof testLane>>;
beforeAll(async () => {
  lane = await testLane();
});
afterAll(() => lane.database.drop());

const state = async (id: string) =>
  (
    await lane.database.run<{ done_seq: number; epoch: number; holder: string | null; waits: number }>(
      { name: 'test_state', text: 'SELECT done_seq, epoch, holder, waits FROM lane WHERE lane_id = $1' },
      [id],
    )
  )[0];
const expire = (id: string) =>
  lane.database.run(
    { name: 'test_expire', text: "UPDATE lane SET lease_until = now() - interval '1 second' WHERE lane_id = $1" },
    [id],
  );

describe('a wake', () => {
  it('is given back by a worker that is cut off from the database, before its lease would have ended twice', async () => {
    const { url, namespace } = lane.database;
    const proxy = await new TcpProxy(url).start();
    const through = openDatabase(proxy.through(url), { namespace, max: 1 });
    onTestFinished(() => through.close().finally(() => proxy.stop()));
    await lane.take(['cut:cut1', 'before:before1']);
    const worker = lane.worker({ sql: (statement, values) => through.run(statement, values), leaseMs: 1_000 });
    expect(await worker.go('before')).toBe('done');
    proxy.swallow();
    const began = performance.now();
    await expect(worker.go('cut')).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(await lane.worker().go('cut')).toBe('done');
  });

  it('runs one item, says its sends, and wakes the lane for the next one', async () => {
    await lane.take(['one:a1', 'one:a2']);
    const worker = lane.worker();
    expect(await worker.go('one')).toBe('done');
    expect(worker).toMatchObject({ ran: ['a1'], said: ['answer a1'], wakes: ['one@turns'] });
    expect(await worker.go('one')).toBe('done');
    expect(worker).toMatchObject({ ran: ['a1', 'a2'], wakes: ['one@turns'] });
    expect(await worker.go('one')).toBe('idle');
    expect(await state('one')).toMatchObject({ done_seq: 2, holder: null });
  });

  it('costs three statements an item', async () => {
    await lane.take(['cost:c1', 'cost:c2']);
    const worker = lane.worker();
    const before = lane.database.statements;
    await worker.go('cost');
    expect(lane.database.statements - before).toBe(3);
  });

  it('finds nothing in a lane that another one holds', async () => {
    await lane.take(['held:h1']);
    const free = Promise.withResolvers<void>();
    const first = lane.worker({ run: (item, context) => free.promise.then(() => answer(item, context)) });
    const running = first.go('held');
    await until(async () => (await state('held'))?.holder !== null && first.ran.length === 1, 'the first runs');
    const second = lane.worker();
    expect(await second.go('held')).toBe('busy');
    free.resolve();
    expect(await running).toBe('done');
    expect(second.ran).toEqual([]);
  });

  it('goes to the queue of the head, also when it came from another one', async () => {
    await lane.take(['queues:q1@commands', 'queues:q2@turns']);
    const turns = lane.worker();
    expect(await turns.go('queues', 'turns')).toBe('elsewhere');
    expect(turns.wakes).toEqual(['queues@commands']);
    const commands = lane.worker();
    expect(await commands.go('queues', 'commands')).toBe('done');
    expect(commands.wakes).toEqual(['queues@turns']);
    expect((await state('queues'))?.holder).toBeNull();
  });
});

describe('the fence', () => {
  it('lets nobody commit whose lease went to another one', async () => {
    await lane.take(['fence:f1']);
    const free = Promise.withResolvers<void>();
    // A lease of a minute by its own clock: a paused process that has not noticed anything.
    const paused = lane.worker({
      leaseMs: 60_000,
      run: (item, context) => free.promise.then(() => answer(item, context)),
    });
    const stale = paused.go('fence');
    await until(() => paused.ran.length === 1, 'the first runs');
    await expire('fence');
    const successor = lane.worker();
    expect(await successor.go('fence')).toBe('done');
    free.resolve();
    expect(await stale).toBe('lost');
    expect(paused.said).toEqual([]);
    expect(successor.said).toEqual(['answer f1']);
    expect(await state('fence')).toMatchObject({ done_seq: 1, epoch: 2 });
  });

  it('nor while that other one is still at the same item', async () => {
    await lane.take(['both:b1']);
    const free = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const [paused, successor] = free.map(({ promise }) =>
      lane.worker({ leaseMs: 60_000, run: (item, context) => promise.then(() => answer(item, context)) }),
    );
    const stale = paused!.go('both');
    await until(() => paused!.ran.length === 1, 'the first runs');
    await expire('both');
    const good = successor!.go('both');
    await until(() => successor!.ran.length === 1, 'the second runs');
    free[0]!.resolve();
    expect(await stale).toBe('lost');
    free[1]!.resolve();
    expect(await good).toBe('done');
    expect([paused!.said, successor!.said]).toEqual([[], ['answer b1']]);
  });

  it('aborts the run of a lease that is lost, and does not cancel it', async () => {
    await lane.take(['lost:l1']);
    const reasons: LaneAbort[] = [];
    const worker = lane.worker({
      leaseMs: 300,
      run: (_item, { signal, lost }) =>
        new Promise((_, reject) =>
          lost.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(new Error('aborted'));
          }),
        ),
    });
    const running = worker.go('lost');
    await until(() => worker.ran.length === 1, 'it runs');
    await lane.database.run(
      { name: 'test_take', text: "UPDATE lane SET holder = 'x', epoch = epoch + 1 WHERE lane_id = $1" },
      ['lost'],
    );
    expect(await running).toBe('lost');
    expect(reasons).toEqual([{ cancel: false, why: 'lost' }]);
  });

  it('aborts by its own clock when no heartbeat gets through', async () => {
    await lane.take(['clock:k1']);
    const sql: RunSql = (statement, values) =>
      statement.name === 'lane_heartbeat' ? Promise.reject(away()) : lane.sql(statement, values);
    const worker = testWorker(sql, {
      leaseMs: 400,
      run: (_item, { lost }) =>
        new Promise((_, reject) => lost.addEventListener('abort', () => reject(new Error('x')))),
    });
    const began = performance.now();
    expect(await worker.go('clock')).toBe('lost');
    // Nobody told it: without its own clock this would wait for ever.
    expect(performance.now() - began).toBeGreaterThan(300);
  });

  it('keeps a lane for longer than a lease by heartbeats', async () => {
    await lane.take(['long:g1']);
    const worker = lane.worker({
      leaseMs: 300,
      run: async (item, context) => {
        await until(() => performance.now() - began > 900, 'three leases');
        return answer(item, context);
      },
    });
    const began = performance.now();
    expect(await worker.go('long')).toBe('done');
    expect((await state('long'))?.epoch).toBe(1);
  });

  it('hands a lane on at once when its process ends', async () => {
    await lane.take(['end:e1']);
    const worker = lane.worker({
      run: (_item, { lost }) =>
        new Promise((_, reject) => lost.addEventListener('abort', () => reject(new Error('x')))),
    });
    const running = worker.go('end');
    await until(() => worker.ran.length === 1, 'it runs');
    worker.leases.abortAll();
    expect(await running).toBe('lost');
    expect(worker.wakes).toEqual(['end@turns']);
    expect(await state('end')).toMatchObject({ holder: null, done_seq: 0 });
  });

  it('hands on as well what it was about to take', async () => {
    await lane.take(['late:late1']);
    const worker = lane.worker({
      run: (_item, { lost }) =>
        new Promise((_, reject) => {
          if (lost.aborted) reject(lost.reason);
          lost.addEventListener('abort', () => reject(lost.reason));
        }),
    });
    const taking = worker.go('late');
    worker.leases.abortAll();
    expect(await taking).toBe('lost');
    expect(worker.wakes).toEqual(['late@turns']);
    expect(await state('late')).toMatchObject({ holder: null, done_seq: 0 });
  });
});

describe('what goes wrong', () => {
  it('puts an item back while something is away, and uses up nothing', async () => {
    await lane.take(['wait:w1']);
    let tries = 0;
    const worker = lane.worker({
      run: async (item, context) => {
        tries += 1;
        if (tries < 3) throw new SurfacesError('agent_unavailable', 'away', { retryAfterMs: 20 });
        expect(context).toMatchObject({ waits: 2, resumed: true });
        return answer(item, context);
      },
    });
    expect(await worker.go('wait')).toBe('waiting');
    await until(() => worker.wakes.length === 1, 'woken after the wait');
    expect(await worker.go('wait')).toBe('waiting');
    expect(await worker.go('wait')).toBe('done');
    expect(await state('wait')).toMatchObject({ done_seq: 1, waits: 0 });
  });

  it('ends an item that fails with what the caller says about it', async () => {
    await lane.take(['poison:p1', 'poison:p2']);
    const worker = lane.worker({
      run: async (item, context) => {
        if (item.key === 'p1') throw new TypeError('a bug');
        return answer(item, context);
      },
    });
    expect(await worker.go('poison')).toBe('done');
    expect(await worker.go('poison')).toBe('done');
    expect(worker.said).toEqual(['defect p1', 'answer p2']);
  });

  it('puts an item back that fails while what would say so is away, and ends it later', async () => {
    await lane.take(['speechless:sp1']);
    let isAway = true;
    const worker = lane.worker({
      run: () => Promise.reject(new TypeError('a bug')),
      onDefect: (item) => {
        if (isAway) throw away();
        return [{ op: `said of ${item.key}`, body: null }];
      },
    });
    expect(await worker.go('speechless')).toBe('waiting');
    expect(worker.said).toEqual([]);
    isAway = false;
    expect(await worker.go('speechless')).toBe('done');
    expect(worker.said).toEqual(['said of sp1']);
  });

  it.each([
    ['an operation id that exists', [{ op: 'answer a1', body: {} }]],
    ['a NUL that Postgres does not store', [{ op: 'nul', body: { text: '\u0000' } }]],
  ])('ends an item whose sends cannot be stored: %s', async (what, sends) => {
    const id = `unstorable ${what}`;
    await lane.take([`${id}:${what}`]);
    const worker = lane.worker({ run: async () => sends });
    expect(await worker.go(id)).toBe('done');
    expect(worker.said).toEqual([`defect ${what}`]);
  });

  it('passes over a send that is refused for good, and keeps the reason', async () => {
    await lane.take(['refused:r1', 'refused:r2']);
    const worker = lane.worker({
      deliver: async (send) => {
        if (send.op === 'answer r1') throw new SurfacesError('matrix_refused', 'never');
        worker.said.push(send.op);
      },
    });
    await worker.go('refused');
    await worker.go('refused');
    expect(worker.said).toEqual(['answer r2']);
    const [row] = await lane.database.run<{ failure: string }>(
      { name: 'test_failure', text: 'SELECT failure FROM lane_send WHERE op = $1 AND sent_at IS NOT NULL' },
      ['answer r1'],
    );
    expect(row?.failure).toContain('never');
  });

  it('tries a send again while the other side is away', async () => {
    await lane.take(['again:n1']);
    const attempts: number[] = [];
    const worker = lane.worker({
      deliver: async ({ attempt }) => {
        attempts.push(attempt);
        if (attempts.length < 3) throw new SurfacesError('matrix_unavailable', 'away');
      },
    });
    expect(await worker.go('again')).toBe('done');
    expect(attempts).toEqual([0, 1, 2]);
  });

  it.each(['before', 'after'])('knows its own commit where the answer got lost %s it was done', async (when) => {
    await lane.take([`unknown-${when}:u-${when}`]);
    let broken = true;
    const sql: RunSql = async (statement, values) => {
      if (statement.name !== 'lane_commit' || !broken) return lane.sql(statement, values);
      broken = false;
      if (when === 'after') await lane.sql(statement, values);
      throw away('cut');
    };
    const worker = testWorker(sql);
    expect(await worker.go(`unknown-${when}`)).toBe('done');
    expect(worker.said).toEqual([`answer u-${when}`]);
  });

  it('leaves what was committed and not said to the next holder, before anything new', async () => {
    await lane.take(['crash:x1', 'crash:x2']);
    let release = false;
    const sql: RunSql = (statement, values) =>
      !release && ['lane_release', 'lane_heartbeat'].includes(statement.name)
        ? Promise.reject(away())
        : lane.sql(statement, values);
    const dying = testWorker(sql, {
      leaseMs: 300,
      deliver: () => Promise.reject(new SurfacesError('matrix_unavailable', 'away')),
    });
    expect(await dying.go('crash')).toBe('lost');
    release = true;
    await expire('crash');
    expect((await sweepExpired(lane.sql)).filter((each) => each.lane === 'crash')).toEqual([
      { lane: 'crash', queue: 'turns' },
    ]);
    const successor = lane.worker();
    expect(await successor.go('crash')).toBe('done');
    expect(successor.said).toEqual(['answer x1', 'answer x2']);
    expect(successor.ran).toEqual(['x2']);
  });
});

describe('amendments and stops', () => {
  it('runs an item as it was amended last before its start', async () => {
    await lane.take(['edit:d1']);
    await lane.take([], { amendments: [{ key: 'm1', target: 'd1', kind: 'replace', body: 'first edit' }] });
    await lane.take([], { amendments: [{ key: 'm2', target: 'd1', kind: 'replace', body: 'second edit' }] });
    const bodies: unknown[] = [];
    const worker = lane.worker({
      run: async (item, context) => {
        bodies.push(item.body);
        if (bodies.length === 1) {
          await lane.take([], { amendments: [{ key: 'm3', target: 'd1', kind: 'replace', body: 'too late' }] });
          throw new SurfacesError('agent_unavailable', 'away');
        }
        return answer(item, context);
      },
    });
    await worker.go('edit');
    await worker.go('edit');
    expect(bodies).toEqual(['second edit', 'second edit']);
  });

  it('still amends an item that said that it had not begun', async () => {
    await lane.take(['notyet:y1']);
    const seen: unknown[] = [];
    const worker = lane.worker({
      run: async (item, context) => {
        seen.push([item.body, context.resumed]);
        if (seen.length === 1) throw new NotYet(10_000, 'over the limit');
        return answer(item, context);
      },
    });
    expect(await worker.go('notyet')).toBe('waiting');
    await lane.take([], { amendments: [{ key: 'm4', target: 'y1', kind: 'replace', body: 'edited' }] });
    await worker.go('notyet');
    expect(seen).toEqual([
      ['body of y1', false],
      ['edited', false],
    ]);
    expect((await sweepPending(lane.sql, 0)).filter((each) => each.lane === 'notyet')).toEqual([]);
  });

  it('tells a run that its item was withdrawn before, and cancels one that runs', async () => {
    await lane.take(['gone:o1', 'gone:o2']);
    await lane.take([], { amendments: [{ key: 'm5', target: 'o1', kind: 'withdraw' }] });
    const seen: unknown[] = [];
    const worker = lane.worker({
      run: async (item, context) => {
        seen.push(context.withdrawn);
        if (item.key === 'o2') {
          const intake = await lane.take([], { amendments: [{ key: 'm6', target: 'o2', kind: 'withdraw' }] });
          expect(intake.withdrawn).toEqual([{ lane: 'gone', queue: expect.any(String) }]);
          await worker.leases.poke('gone');
          seen.push(context.signal.reason);
          expect(context.lost.aborted).toBe(false);
        }
        return [];
      },
    });
    await worker.go('gone');
    await worker.go('gone');
    expect(seen).toEqual([true, false, { cancel: true, why: 'withdrawn' }]);
  });

  it('stops what runs, and only what came before the stop', async () => {
    await lane.take(['stop:s1', 'stop:s2']);
    const { position } = (
      await lane.database.run<{ position: number }>({ name: 'test_position', text: 'SELECT position FROM lane_cursor' })
    )[0]!;
    await lane.take(['stop:s3']);
    const stopped: boolean[] = [];
    const worker = lane.worker({
      run: async (_item, context) => {
        stopped.push(context.stopped);
        if (stopped.length > 1) return [];
        const stop = { lane: 'stop', before: position + 1, what: 'all', key: 'k1' } as const;
        const poke = (id: string) => worker.leases.poke(id);
        expect(await stopLane(lane.sql, stop, { publish: poke })).toEqual({ running: true, dropped: 1 });
        expect(context.signal.reason).toEqual({ cancel: true, why: 'stopped' });
        expect(await stopLane(lane.sql, stop)).toEqual({ running: true, dropped: 1 });
        expect(await stopLane(lane.sql, { ...stop, key: 'k2' })).toEqual({ running: false, dropped: 0 });
        return [];
      },
    });
    for (let i = 0; i < 3; i += 1) await worker.go('stop');
    expect(stopped).toEqual([false, true, false]);
  });

  it('stops nothing where nothing has been started', async () => {
    await lane.take(['calm:z1']);
    const stop = { lane: 'calm', before: 1e9, what: 'running', key: 'k3' } as const;
    expect(await stopLane(lane.sql, stop)).toEqual({ running: false, dropped: 0 });
  });
});
