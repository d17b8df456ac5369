import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import type { Log } from '../runtime/log.ts';
import { counter } from '../runtime/metrics.ts';
import { withDeadline } from '../time/time.ts';
import { dueInMs, openQueue, type WakeQueue } from './bullmq.ts';
import { isUp, openRedis, type Redis } from './redis.ts';

/** That `lane` has work for `queue`. */
export type LaneWake = { readonly lane: string; readonly queue: string };

export type Wakes = {
  /**
   * Never throws and never takes longer than a second: a wake that gets lost is found by the sweeper. To be called
   * after the work is in the record, never before.
   */
  wake(lane: string, queue: string): Promise<void>;
  /** The same for a page of lanes, one call for each queue. */
  wakeAll(wakes: readonly LaneWake[]): Promise<void>;
  /**
   * The sweeper's way: only lanes that have no wake in Redis get one, or one that was put off for longer than anybody does
   * on purpose. `pastDead`: also those whose wake may be stuck with a dead worker get another one beside it.
   * @returns how many lanes got one.
   */
  sweep(wakes: readonly LaneWake[], options?: { readonly pastDead: boolean }): Promise<number>;
  /** The connection, for its availability and for others who only send. */
  readonly redis: Redis;
  readonly namespace: string;
  /** By name; made when first asked for. */
  queue(name: string): WakeQueue;
  close(): Promise<void>;
};

const DEADLINE_MS = 1_000;
/** A wake is put off for seconds. One that is due later was put off by a worker whose clock is ahead, and nobody else would take it till then. */
const PUT_OFF_MS = 60_000;

const sent = counter('wakes_total', 'Wakes handed to Redis', ['queue']);
const lost = counter('wakes_lost_total', 'Wakes that Redis did not take; the sweeper finds their lanes', ['queue']);

/** Opens the sending side. Redis need not be there, now or ever. */
export function openWakes(redisUrl: string, namespace: string, log: Log): Wakes {
  const redis = openRedis(redisUrl, 'producer', log);
  const queues = new Map<string, WakeQueue>();
  const queue = (name: string): WakeQueue => {
    const known = queues.get(name) ?? openQueue(name, redis, namespace);
    queues.set(name, known);
    return known;
  };
  let failing = false;

  /** BullMQ waits for ever for a Redis that is not there, hence the look before and the deadline. */
  async function guarded(name: string, many: number, add: () => Promise<unknown>): Promise<boolean> {
    try {
      if (!isUp(redis)) throw new SurfacesError('redis_unavailable', 'not connected');
      await withDeadline(add(), DEADLINE_MS, () => new SurfacesError('redis_unavailable', 'no answer within a second'));
      failing = false;
      sent.inc({ queue: name }, many);
      return true;
    } catch (error) {
      lost.inc({ queue: name }, many);
      if (!failing)
        log.warn({ code: 'redis_unavailable' }, `wakes get lost, the sweeper carries on: ${describe(error)}`);
      failing = true;
      return false;
    }
  }

  async function addAll(wakes: readonly LaneWake[], deduplication: (lane: string) => object): Promise<void> {
    const byQueue = Map.groupBy(wakes, (wake) => wake.queue);
    await Promise.all(
      [...byQueue].map(([name, list]) =>
        guarded(name, list.length, () =>
          queue(name).addBulk(
            list.map(({ lane }) => ({
              name: 'wake',
              data: { lane },
              opts: { deduplication: deduplication(lane) } as object,
            })),
          ),
        ),
      ),
    );
  }

  async function wake(lane: string, name: string): Promise<void> {
    await guarded(name, 1, () => queue(name).add('wake', { lane }, { deduplication: own(lane) }));
  }

  async function sweep(wakes: readonly LaneWake[], { pastDead } = { pastDead: false }): Promise<number> {
    const id = pastDead ? (lane: string) => `swept/${lane}` : (lane: string) => lane;
    const missing: LaneWake[] = [];
    const putOff: LaneWake[] = [];
    const looked = await guarded('swept', 0, async () => {
      const waiting = await Promise.all(
        wakes.map(async ({ lane, queue: name }) => {
          const job = await queue(name).getDeduplicationJobId(id(lane));
          return job && ((await dueInMs(queue(name), redis, job)) > PUT_OFF_MS ? 'put off' : 'waits');
        }),
      );
      for (const [index, wake] of wakes.entries()) {
        if (!waiting[index]) missing.push(wake);
        else if (waiting[index] === 'put off' && !pastDead) putOff.push(wake);
      }
    });
    if (!looked) return 0;
    await addAll(missing, (lane) => own(id(lane)));
    return missing.length + (putOff.length > 0 ? await sweep(putOff, { pastDead: true }) : 0);
  }

  return {
    redis,
    namespace,
    queue,
    wake,
    async wakeAll(wakes) {
      const [only, ...more] = wakes;
      if (only && more.length === 0) await wake(only.lane, only.queue);
      else if (only) await addAll(wakes, own);
    },
    sweep,
    async close() {
      await Promise.allSettled([...queues.values()].map((each) => each.close()));
      redis.disconnect();
    },
  };
}

/**
 * At most one wake of a lane waits, and one that comes while it is worked on runs after it. No job id: with one, BullMQ
 * drops what comes while the job is active.
 */
function own(id: string) {
  return { id, keepLastIfActive: true };
}
