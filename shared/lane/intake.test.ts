import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { intake, type Page, readCursor } from './intake.ts';
import type { RunSql } from './lane.ts';
import { forget } from './retention.ts';
import { backlog, sweepPending } from './sweep.ts';
import { away, testLane, until } from './test-lane.ts';

let lane: Awaited<ReturnType<typeof testLane>>;
beforeAll(async () => {
  lane = await testLane();
});
afterAll(() => lane.database.drop());

const item = (key: string, to = 'a', queue = 'turns') => ({ key, lane: to, queue, body: { key } });
const page = (source: string, from: string, to: string, keys: string[], more: Partial<Page> = {}): Page => ({
  source,
  from,
  to,
  items: keys.map((key) => item(key, `${source} lane`)),
  ...more,
});
const items = (id: string) =>
  lane.database.run<{ key: string; seq: number; position: number }>(
    { name: 'test_items', text: 'SELECT key, seq, position FROM lane_item WHERE lane_id = $1 ORDER BY seq' },
    [id],
  );

describe('intake', () => {
  it('takes a page in one statement, and each key once', async () => {
    const before = lane.database.statements;
    const first = await intake(lane.sql, page('one', '', 't1', ['k1', 'k2', 'k1']));
    expect(lane.database.statements - before).toBe(1);
    expect(first).toEqual({
      accepted: true,
      repeated: false,
      fresh: 2,
      wakes: [{ lane: 'one lane', queue: 'turns' }],
      withdrawn: [],
    });
    const second = await intake(lane.sql, page('one', 't1', 't2', ['k2', 'k3']));
    expect(second.fresh).toBe(1);
    expect(await items('one lane')).toEqual([
      { key: 'k1', seq: 1, position: 1 },
      { key: 'k2', seq: 2, position: 2 },
      { key: 'k3', seq: 3, position: 5 },
    ]);
    expect(await readCursor(lane.sql, 'one')).toEqual({ token: 't2', position: 5 });
    expect(await readCursor(lane.sql, 'unknown')).toBeNull();
  });

  it('takes nothing from one who has not the newest token', async () => {
    await intake(lane.sql, page('two', '', 't1', ['l1']));
    const late = await intake(lane.sql, page('two', '', 't9', ['l2']));
    expect(late).toEqual({ accepted: false, repeated: false, fresh: 0, wakes: [], withdrawn: [] });
    expect((await readCursor(lane.sql, 'two'))?.token).toBe('t1');
    expect(await items('two lane')).toHaveLength(1);
  });

  it('tells whose page is in already that it is, and which lanes to wake', async () => {
    await intake(lane.sql, page('again', '', 't1', ['m1']));
    const repeated = await intake(lane.sql, page('again', '', 't1', ['m1']));
    expect(repeated).toMatchObject({
      accepted: false,
      repeated: true,
      wakes: [{ lane: 'again lane', queue: 'turns' }],
    });
  });

  it('accepts one of many at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, n) => intake(lane.sql, page('race', '', `t${n}`, [`r${n}`]))),
    );
    expect(all.filter((each) => each.accepted)).toHaveLength(1);
    expect(await items('race lane')).toHaveLength(1);
  });

  it('lets two sources bring the same items at once, without a gap in the numbers', async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `s${n}`);
    const both = ['left', 'right'].map(async (source) => {
      for (const [n, key] of keys.entries()) {
        const from = n === 0 ? '' : `t${n}`;
        const again = [item(key, 'shared'), item(`${source} ${key}`, 'shared'), item(`${source} ${n}`, 'other')];
        await intake(lane.sql, { source, from, to: `t${n + 1}`, items: source === 'left' ? again : again.reverse() });
      }
    });
    await Promise.all(both);
    const numbers = (await items('shared')).map((each) => each.seq);
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  });

  it('records what could not be understood', async () => {
    const rejects = [
      { key: 'bad', reason: 'no body' },
      { key: 'bad', lane: 'x', reason: 'twice' },
    ];
    await intake(lane.sql, page('rejects', '', 't1', [], { rejects }));
    const rows = await lane.database.run({
      name: 'test_rejects',
      text: 'SELECT key, lane_id, reason FROM lane_reject',
    });
    expect(rows).toEqual([{ key: 'bad', lane_id: null, reason: 'no body' }]);
  });

  it('does nothing at all where one part cannot be stored', async () => {
    const bad = page('nul', '', 't1', ['n1']);
    await expect(intake(lane.sql, { ...bad, items: [...bad.items, item('\u0000')] })).rejects.toMatchObject({
      code: '22021',
    });
    expect(await readCursor(lane.sql, 'nul')).toBeNull();
    expect(await items('nul lane')).toEqual([]);
  });

  it('may be called again where its answer got lost', async () => {
    const sql: RunSql = async (statement, values) => {
      await lane.sql(statement, values);
      throw away();
    };
    const mine = page('lost', '', 't1', ['o1']);
    await expect(intake(sql, mine)).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(await intake(lane.sql, mine)).toMatchObject({ repeated: true, wakes: [{ lane: 'lost lane' }] });
    expect(await items('lost lane')).toHaveLength(1);
  });
});

describe('under load', () => {
  it('pages, heartbeats and commits over the same lanes never deadlock', { timeout: 60_000 }, async () => {
    const lanes = Array.from({ length: 30 }, (_, n) => `busy ${String(n).padStart(2, '0')}`);
    let done = 0;
    let over = false;
    const worker = lane.worker({ leaseMs: 5_000 });
    const work = async (offset: number) => {
      for (let n = offset; !over; n += 7) {
        if ((await worker.go(lanes[n % 30]!)) === 'done') done += 1;
      }
    };
    const beats = async () => {
      while (!over) {
        await worker.leases.beat();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const workers = [work(0), work(11), work(23), beats()];
    for (const source of ['x', 'y']) {
      workers.push(
        (async () => {
          for (let n = 0; n < 6; n += 1) {
            const order = source === 'x' ? lanes : lanes.toReversed();
            await intake(lane.sql, {
              source,
              from: n === 0 ? '' : `t${n}`,
              to: `t${n + 1}`,
              items: order.map((id) => item(`${source} ${n} ${id}`, id)),
            });
          }
        })(),
      );
    }
    await until(() => done === 360, 'all items are done', 50_000);
    over = true;
    await Promise.all(workers);
    const [row] = await lane.database.run<{ deadlocks: number }>({
      name: 'test_deadlocks',
      text: 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    });
    expect(row?.deadlocks).toBe(0);
  });
});

describe('the record', () => {
  it('shows what waits, and sweeps only what is old enough', async () => {
    await intake(lane.sql, page('sweep', '', 't1', ['p1', 'p2']));
    const mine = (wakes: { lane: string }[]) => wakes.filter((each) => each.lane === 'sweep lane');
    expect(mine(await sweepPending(lane.sql, 60_000))).toEqual([]);
    expect(mine(await sweepPending(lane.sql, 0))).toEqual([{ lane: 'sweep lane', queue: 'turns' }]);
    expect((await backlog(lane.sql)).items).toBeGreaterThanOrEqual(2);
  });

  it('forgets what is old and done with, and nothing else', async () => {
    await lane.take(['old:w1', 'old:w2', 'old:w3']);
    const worker = lane.worker();
    await worker.go('old');
    await worker.go('old');
    for (const table of ['lane_item SET received_at', 'lane_send SET created_at']) {
      const text = `UPDATE ${table} = now() - interval '40 days' WHERE lane_id = 'old'`;
      await lane.database.run({ name: `test_age ${table}`, text });
    }
    expect(await forget(lane.sql, { keepMs: 30 * 86_400_000 })).toMatchObject({ lane_item: 1 });
    expect((await items('old')).map((each) => each.key)).toEqual(['w2', 'w3']);
    const said = { name: 'test_said', text: "SELECT op FROM lane_send WHERE lane_id = 'old'" };
    expect(await lane.database.run(said)).toEqual([{ op: 'answer w2' }]);
    expect(await worker.go('old')).toBe('done');
  });
});
