import { freshDatabase } from '../../store/fresh-database.ts';
import { sleep } from '../../time/time.ts';
import { intake } from '../intake.ts';
import { fillPlace } from '../kept-place.ts';
import type { LaneWake, RunSql } from '../lane.ts';
import { LeaseKeeper } from '../lease.ts';
import { type RunContext, runLane } from '../run-lane.ts';
import { sweepExpired, sweepPending } from '../sweep.ts';
import { checkHistory, FAILED, type HistoryEvent } from './history.ts';
import { seeded } from './random.ts';
import { type Faults, type Life, NO_FAULTS, World } from './world.ts';

export type Scenario = {
  readonly seed: number;
  readonly lanes: number;
  readonly pages: number;
  readonly workers: number;
  /** They read the same pages, as two ingresses of one account would. */
  readonly ingresses: number;
  readonly faults: Faults;
  /** The share of items that take up to a quarter of a second, and not next to nothing. */
  readonly longRuns: number;
  /** Each item with such a number kills whoever runs it, every time: item n where n % every = every - 1. 0: none does. */
  readonly deadlyEvery: number;
  /** Off: then every lane has to be carried by its wakes alone. */
  readonly sweeps: boolean;
  readonly leaseMs: number;
  /** After the faults have ended: without any progress for so long, what is left is left for ever. Milliseconds. */
  readonly patienceMs: number;
};

const QUEUES = ['commands', 'turns'];
const QUIET = { warn() {}, error() {} };
const LEFT = {
  name: 'history_left',
  text: `SELECT (SELECT coalesce(sum(last_seq), 0) FROM lane_seq)::int - (SELECT coalesce(sum(done_seq), 0) FROM lane)::int AS items,
    (SELECT count(*)::int FROM lane_send WHERE sent_at IS NULL) AS sends,
    (SELECT count(*)::int FROM lane WHERE holder IS NOT NULL) AS holders`,
};
const ORDER = {
  name: 'history_order',
  text: 'SELECT lane_id AS lane, key, kept_for IS NOT NULL AS empty FROM lane_item ORDER BY position',
};
/** Each fifth item has a place in another lane, right behind it in the order of all; of these every second one fills it. */
const hasPlace = (n: number) => n % 5 === 2;
const fillsPlace = (n: number) => n % 10 === 2;

/** Lets workers and two ingresses live through a scenario, in a schema of its own. @returns the promises that broke. */
export async function liveThrough(scenario: Scenario): Promise<string[]> {
  const database = await freshDatabase(24);
  const sql: RunSql = (statement, values) => database.run(statement, values);
  const random = seeded(scenario.seed);
  const world = new World(sql, random, scenario.faults, scenario.leaseMs);
  const waiting = new Map<string, LaneWake>();
  const running = new Map<string, Set<RunContext>>();
  const { deadlyEvery } = scenario;
  const isDeadly = (key: string) =>
    key.startsWith('k') && deadlyEvery > 0 && Number(key.slice(1)) % deadlyEvery === deadlyEvery - 1;
  const laneOf = (n: number) => `lane ${(Math.floor(n / 2) * 7 + scenario.seed) % scenario.lanes}`;
  const queueOf = (n: number) => QUEUES[(n * 5 + scenario.seed) % 2]!;
  let over = false;
  const troubles: string[] = [];

  const wake = async (lane: string, queue: string) => {
    if (!random.chance(world.faults.wakeLost)) waiting.set(`${queue} ${lane}`, { lane, queue });
  };

  /** Takes any wake that waits, also one of a lane that is worked on: the lane alone has to keep them apart. */
  async function work(life: Life, leases: LeaseKeeper): Promise<void> {
    const mine = world.sqlOf(life);
    const fillPlaceOf = async (key: string) => {
      const n = Number(key.slice(1));
      if (!key.startsWith('k') || !fillsPlace(n)) return;
      await fillPlace(mine, `p${n}`, { key: `p${n}` });
      await wake(laneOf(n + 2), queueOf(n));
    };
    while (!over && !life.dead) {
      const [name, next] = [...waiting][random.below(waiting.size)] ?? [];
      if (!name || !next) {
        await sleep(2);
        continue;
      }
      waiting.delete(name);
      await runLane<{ key: string }>({
        ...next,
        sql: mine,
        leases,
        wake,
        deliver: (send) => world.hear(life, next.lane, send),
        onDefect: (item) => [{ op: `defect ${item.key}`, body: { key: item.key, epoch: FAILED } }],
        log: QUIET,
        run: async (item, context) => {
          const others = running.get(item.lane) ?? new Set();
          running.set(item.lane, others);
          const overlaps = [...others].some((other) => other.valid());
          world.events.push({ type: 'started', lane: item.lane, key: item.key, epoch: context.epoch, overlaps });
          others.add(context);
          // It kills early, so that hardly anything that began beside it comes to its end.
          const isLong = !isDeadly(item.key) && random.chance(scenario.longRuns);
          await sleep(random.below(isLong ? 250 : 20));
          if (isDeadly(item.key)) life.dead = true;
          if (life.dead) await new Promise(() => {});
          try {
            await fillPlaceOf(item.key);
          } finally {
            // Stays listed until it is committed; what comes after the commit is the lane's own.
            setTimeout(() => others.delete(context), 0);
          }
          return [{ op: `answer ${item.key}`, body: { key: item.key, epoch: context.epoch } }];
        },
      }).catch((error) => {
        if (error?.code !== 'database_unavailable') troubles.push(String(error));
        waiting.set(name, next);
      });
    }
  }

  let born = 0;
  async function worker(): Promise<void> {
    while (!over) {
      born += 1;
      const life: Life = { dead: false };
      const leases = new LeaseKeeper({
        sql: world.sqlOf(life),
        holder: `w${born}`,
        leaseMs: scenario.leaseMs,
        log: QUIET,
      });
      for (let slot = 0; slot < 3; slot += 1) void work(life, leases);
      while (!over && !life.dead) await sleep(20);
    }
  }

  /** Items come twice, as on the border of a gap. */
  async function ingress(): Promise<void> {
    const mine = world.sqlOf({ dead: false, immortal: true });
    for (let page = 0; page < scenario.pages; ) {
      const from = page === 0 ? '' : `p${page}`;
      const keys = [page * 3 - 1, page * 3, page * 3 + 1, page * 3 + 2].filter((n) => n >= 0);
      const items = keys.flatMap((n) => {
        const item = { key: `k${n}`, lane: laneOf(n), queue: queueOf(n), body: { key: `k${n}` } };
        const place = { ...item, key: `p${n}`, lane: laneOf(n + 2), keptFor: item.key };
        return hasPlace(n) ? [item, place] : [item];
      });
      try {
        const result = await intake(mine, { source: 's', from, to: `p${page + 1}`, items });
        if (result.accepted) world.events.push({ type: 'page', from, to: `p${page + 1}` });
        for (const each of result.wakes) await wake(each.lane, each.queue);
        page += 1;
      } catch (error) {
        if ((error as { code?: string }).code !== 'database_unavailable') {
          troubles.push(String(error));
          page += 1;
        }
      }
      await sleep(random.below(15));
    }
  }

  async function sweeper(): Promise<void> {
    while (!over) {
      const lanes = [...(await sweepExpired(sql)), ...(await sweepPending(sql, 200))];
      for (const { lane, queue } of lanes) waiting.set(`${queue} ${lane}`, { lane, queue });
      await sleep(100);
    }
  }

  const workers = Array.from({ length: scenario.workers }, worker);
  const sweeping = scenario.sweeps ? sweeper() : undefined;
  await Promise.all(Array.from({ length: scenario.ingresses }, ingress));
  world.faults = NO_FAULTS;
  let left = { items: 1, sends: 0, holders: 0 };
  let progress = performance.now();
  // A start alone is none: what kills whoever runs it is started for ever where nobody counts.
  const progressed = () => world.events.filter(({ type }) => type !== 'started').length;
  let heard = progressed();
  while (left.items + left.sends + left.holders > 0 && performance.now() - progress < scenario.patienceMs) {
    await sleep(30);
    left = (await sql<typeof left>(LEFT))[0]!;
    const now = progressed();
    if (now > heard) progress = performance.now();
    heard = now;
  }
  over = true;
  await Promise.all([...workers, sweeping]);
  const taken = (await sql<{ lane: string; key: string; empty: boolean }>(ORDER)).map(
    ({ empty, ...item }): HistoryEvent => {
      const n = Number(item.key.slice(1));
      if (item.key.startsWith('k')) return { type: 'taken', ...item, deadly: isDeadly(item.key) };
      const due = fillsPlace(n) && !isDeadly(`k${n}`) ? 'filled' : 'empty';
      return { type: 'taken', ...item, place: { is: empty ? 'empty' : 'filled', due } };
    },
  );
  // What is still on its way from stalled workers arrives now, and must change nothing.
  if (scenario.faults.stall > 0) await sleep(scenario.leaseMs * 2);
  await database.drop();
  return [...checkHistory([...taken, ...world.events], left), ...troubles];
}
