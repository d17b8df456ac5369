import { takeAway } from '../lane/take-away.ts';
import type { Wakes } from '../queue/wakes.ts';
import type { Database } from '../store/postgres.ts';
import type { Outcome } from './audited.ts';

/**
 * Takes a lane from a holder that hangs. The next worker goes on with what is in it; whatever the old one commits comes too
 * late. `epoch` is what was looked at before: who has taken the lane since is not meant.
 */
export async function releaseLane(
  parts: {
    readonly database: Database;
    readonly wakes: Pick<Wakes, 'sweep'>;
    readonly publishControl: (lane: string) => Promise<void>;
  },
  lane: string,
  epoch: number,
): Promise<Outcome> {
  const taken = await takeAway(parts.database.run, lane, epoch);
  if (!taken) return { state: 'nothing', text: 'that holder has the lane no more: it has let go, or was released' };
  await parts.publishControl(lane);
  // Its own wake may be stuck with the holder that hangs.
  if (taken.queue) await parts.wakes.sweep([{ lane, queue: taken.queue }], { pastDead: true });
  return { state: 'done', text: 'the lane was taken from its holder; the next worker goes on' };
}
