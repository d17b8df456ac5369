import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Log } from '../runtime/log.ts';
import { withDeadline } from '../time/time.ts';
import { isUp, openRedis, type Redis } from './redis.ts';

export type Control = {
  /** Tells whoever holds the lane to look at it now. Never throws: it only makes quick what a heartbeat finds anyway. */
  publishControl(lane: string): Promise<void>;
  /** Calls back with each lane that was published, from now on. */
  onControl(called: (lane: string) => void): void;
  close(): Promise<void>;
};

const DEADLINE_MS = 500;

/** The channel of pokes. `producer` is a connection that is there already (Wakes has one). */
export function openControl(redisUrl: string, namespace: string, log: Log, producer: Redis): Control {
  const channel = `${namespace}:control`;
  let subscriber: Redis | undefined;
  return {
    async publishControl(lane) {
      if (!isUp(producer)) return;
      const late = () => new SurfacesError('redis_unavailable', 'no answer to a publish');
      await withDeadline(producer.publish(channel, lane), DEADLINE_MS, late).catch(() => {});
    },
    onControl(called) {
      if (!subscriber) {
        subscriber = openRedis(redisUrl, 'worker', log);
        // Subscribed again by ioredis after each reconnect.
        subscriber.subscribe(channel).catch(() => {});
      }
      subscriber.on('message', (_channel, lane) => called(lane));
    },
    async close() {
      subscriber?.disconnect();
    },
  };
}
