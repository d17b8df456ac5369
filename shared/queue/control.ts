import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Log } from '../runtime/log.ts';
import { withDeadline } from '../time/time.ts';
import { isUp, openRedis, type Redis } from './redis.ts';

export type Control = {
  /** Tells whoever holds the lane to look at it now. Never throws: it only makes quick what a heartbeat finds anyway. */
  publishControl(lane: string): Promise<void>;
  /** Calls back with each lane that was published, from now on. */
  onControl(called: (lane: string) => void): void;
  /** Tells all processes to look whether they are to take no new work. Never throws: they look every few seconds anyway. */
  publishDrain(): Promise<void>;
  /** Calls back whenever that was told, from now on. */
  onDrain(called: () => void): void;
  close(): Promise<void>;
};

const DEADLINE_MS = 500;

/** The channel of pokes. `producer` is a connection that is there already (Wakes has one). */
export function openControl(redisUrl: string, namespace: string, log: Log, producer: Redis): Control {
  const channel = `${namespace}:control`;
  const drains = `${namespace}:drains`;
  let subscriber: Redis | undefined;

  async function publish(where: string, what: string): Promise<void> {
    if (!isUp(producer)) return;
    const late = () => new SurfacesError('redis_unavailable', 'no answer to a publish');
    await withDeadline(producer.publish(where, what), DEADLINE_MS, late).catch(() => {});
  }
  function hear(where: string, called: (what: string) => void): void {
    subscriber ??= openRedis(redisUrl, 'worker', log);
    // Subscribed again by ioredis after each reconnect.
    subscriber.subscribe(where).catch(() => {});
    subscriber.on('message', (from, what) => {
      if (from === where) called(what);
    });
  }
  return {
    publishControl: (lane) => publish(channel, lane),
    onControl: (called) => hear(channel, called),
    publishDrain: () => publish(drains, ''),
    onDrain: (called) => hear(drains, () => called()),
    async close() {
      subscriber?.disconnect();
    },
  };
}
