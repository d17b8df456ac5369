import { sweepExpired } from '../../../shared/lane/sweep.ts';
import { counter } from '../../../shared/runtime/metrics.ts';
import type { Job } from '../job.ts';

const swept = counter('swept_expired_lanes_total', 'Lanes taken from a dead holder, or whose wait nobody ended');

/** A killed worker's lanes go on within a lease and this interval. */
export const sweepExpiredLeases: Job = {
  name: 'sweep-expired-leases',
  everyMs: 1_000,
  afterRedis: false,
  async run({ database, wakes, log }) {
    const lanes = await sweepExpired(database.run);
    if (lanes.length === 0) return;
    const woken = await wakes.sweep(lanes, { pastDead: true });
    if (woken === 0) return;
    swept.inc(woken);
    log.info({ lanes: woken, first: lanes[0]?.lane }, 'lanes of dead holders are woken');
  },
};
