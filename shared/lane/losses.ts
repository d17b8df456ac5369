import { SurfacesError } from '../errors/surfaces-error.ts';
import { backoff, sleep } from '../time/time.ts';
import type { RunSql } from './lane.ts';
import type { Lease, LeaseKeeper } from './lease.ts';

/** Where nobody has taken the lane since, the loss is still to be counted: it is taken back beforehand. */
const TAKE_BACK = {
  name: 'lane_take_back_loss',
  text: `
UPDATE lane SET losses = losses - 1
 WHERE lane_id = $1 AND lost_seq = $3 AND done_seq < $3 AND (epoch > $2 OR epoch = $2 AND holder = $4)`,
};

/** A database that is away for longer than that has the loss counted; milliseconds. */
const PATIENCE_MS = 600_000;

/** Why an item is ended that was never run to its end: whoever ran it was lost. */
export class Hopeless extends Error {
  constructor(losses: number) {
    super(`its worker was lost ${losses} times in a row while it had this item; it is not run again`);
    this.name = 'Hopeless';
  }
}

/**
 * The holder of a lost lease lives: that the lane was lost (the database was away, the network cut) is no sign that its
 * item kills those who run it. Not so where the process stood still, for that may be the item's doing. Tries as long as
 * the database is away, and the process is to live.
 */
export async function takeBackLoss(sql: RunSql, leases: LeaseKeeper, lease: Lease): Promise<void> {
  if (leases.stoodStillSince(lease)) return;
  const end = performance.now() + PATIENCE_MS;
  for (let attempt = 0; performance.now() < end && !leases.ending.aborted; attempt += 1) {
    try {
      await sql(TAKE_BACK, [lease.lane, lease.epoch, lease.seq, leases.holder]);
      return;
    } catch (error) {
      if (!(error instanceof SurfacesError) || error.disposition === 'permanent') return;
      await sleep(backoff(attempt, 200, 5_000), leases.ending);
    }
  }
}
