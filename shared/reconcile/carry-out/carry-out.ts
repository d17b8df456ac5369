import { enqueue, type OwnItem } from '../../lane/enqueue.ts';
import type { LaneWake } from '../../lane/lane.ts';
import type { Database } from '../../store/postgres.ts';
import type { Plan } from '../actions.ts';
import type { Facts } from '../facts.ts';
import { mendItems } from './mend-items.ts';
import { recordActions } from './record-actions.ts';

/** Lanes that are written to at once: no more than a role's connections, of which others want some. */
const AT_ONCE = 3;
/** A wake that takes longer than a second counts as lost, so they are sent by the hundred. */
const WAKES = 500;

export type CarryingOut = {
  readonly database: Database;
  /** Never throws: a lane whose wake is lost is found by the sweep. */
  readonly wake: (lanes: readonly LaneWake[]) => Promise<void>;
  readonly signal?: AbortSignal;
};

/**
 * Does what a plan says: in the record at once; what is to be done in Matrix is put into lanes, after that, so that who does
 * it finds the rooms in the record. May be done again for the same run, after a crash: nothing is then done twice.
 */
export async function carryOut({ actions }: Plan, facts: Facts, run: string, parts: CarryingOut): Promise<void> {
  const { database, wake, signal } = parts;
  await recordActions(actions, facts, database);
  const byLane = [...Map.groupBy(mendItems(actions, facts, run), ({ lane }) => lane)];
  const queue = byLane.values();
  const work = async () => {
    for (const [, items] of queue) await enqueueAll(items, parts);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const wakes = byLane.map(([lane, [first]]) => ({ lane, queue: first!.queue }));
  for (let from = 0; from < wakes.length; from += WAKES) {
    signal?.throwIfAborted();
    await wake(wakes.slice(from, from + WAKES));
  }
}

/** One after the other: their order in the lane is that of the plan. */
async function enqueueAll(items: readonly OwnItem[], { database, signal }: CarryingOut): Promise<void> {
  for (const item of items) {
    signal?.throwIfAborted();
    await enqueue(database.run, item);
  }
}
