import { backlog, sweepPending } from '../../../shared/lane/sweep.ts';
import { counter, gauge } from '../../../shared/runtime/metrics.ts';
import type { Job } from '../job.ts';

/** What came in a moment ago has its wake on the way. */
const GRACE_MS = 2_000;

const missed = counter('swept_pending_lanes_total', 'Lanes with work and without a wake: grows only when one got lost');
const pendingLanes = gauge('lane_pending', 'Lanes with work that is not done');
const pendingItems = gauge('lane_pending_items', 'Items that are not done');
const oldest = gauge('lane_oldest_pending_seconds', 'Age of the oldest item that is next in its lane');
const oldestIdle = gauge(
  'lane_oldest_idle_seconds',
  'Age of the oldest item that is next in a lane which nobody holds and which waits for nothing',
);
const held = gauge('lane_held', 'Lanes that a worker holds');
const parked = gauge('lane_parked', 'Lanes that wait for something: the answer to a question, a time');
const unsent = gauge('lane_unsent_sends', 'Sends that are recorded and not yet made');
const oldestUnsent = gauge('lane_oldest_unsent_seconds', 'Age of the oldest send that is recorded and not yet made');

/** The full look: carries everything if no wake ever arrives. */
export const sweepPendingLanes: Job = {
  name: 'sweep-pending-lanes',
  everyMs: 15_000,
  afterRedis: true,
  async run({ database, wakes, log }) {
    const now = await backlog(database.run);
    pendingLanes.set(now.lanes);
    pendingItems.set(now.items);
    held.set(now.held);
    parked.set(now.parked);
    oldest.set(now.oldestSeconds);
    oldestIdle.set(now.oldestIdleSeconds);
    unsent.set(now.unsent);
    oldestUnsent.set(now.oldestUnsentSeconds);
    const lanes = now.lanes + now.unsent > 0 ? await sweepPending(database.run, GRACE_MS) : [];
    if (lanes.length === 0) return;
    const lost = await wakes.sweep(lanes);
    missed.inc(lost);
    if (lost > 0) log.info({ lanes: lanes.length, lost, first: lanes[0]?.lane }, 'lanes without a wake are woken');
  },
};
