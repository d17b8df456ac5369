import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { isUp, type Redis } from '../../../shared/queue/redis.ts';
import { withDeadline } from '../../../shared/time/time.ts';
import type { Look } from './look.ts';
import type { Sample } from './sample.ts';
import { type Before, takeSample } from './take-sample.ts';

export const SAMPLE_MS = 15_000;
export const HISTORY_MS = 3_600_000;
const MOST = HISTORY_MS / SAMPLE_MS;
const REDIS_MS = 2_000;
/** So long nobody else takes a slot that somebody has begun to take. */
const SLOT_SECONDS = 60;

/**
 * The last hour, a sample each fifteen seconds. It is kept in Redis, so that it outlives this process and all see the same: of
 * several ops processes the one that comes first takes a slot. While Redis is away each goes on for itself, in memory.
 */
export class History {
  readonly #redis: Redis;
  readonly #keys: { readonly samples: string; readonly before: string; readonly slot: string };
  #samples: Sample[] = [];
  #before: Before | undefined;

  constructor(redis: Redis, namespace: string) {
    this.#redis = redis;
    const key = `${namespace}:ops:history`;
    this.#keys = { samples: key, before: `${key}:before`, slot: `${key}:slot` };
  }

  /** Oldest first. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Takes a sample, if nobody has taken the one of this slot, and gets those of others. Never rejects. */
  async take(look: () => Promise<Look>, now = Date.now()): Promise<void> {
    try {
      if (!isUp(this.#redis)) throw new SurfacesError('redis_unavailable', 'not connected');
      await this.#together(look, Math.floor(now / SAMPLE_MS));
    } catch {
      this.#keep(await this.#next(look, this.#before));
    }
    const oldest = now - HISTORY_MS;
    this.#samples = this.#samples.filter(({ at }) => at > oldest).slice(-MOST);
  }

  async #together(look: () => Promise<Look>, slot: number): Promise<void> {
    const { samples, before } = this.#keys;
    const redis = this.#redis;
    const mine = await within(redis.set(`${this.#keys.slot}:${slot}`, process.pid, 'EX', SLOT_SECONDS, 'NX'));
    if (mine !== null) {
      const told = await within(redis.get(before));
      const sample = await this.#next(look, told === null ? this.#before : (JSON.parse(told) as Before));
      const kept = redis
        .pipeline()
        .zadd(samples, sample.at, JSON.stringify(sample))
        .set(before, JSON.stringify(this.#before), 'PX', HISTORY_MS)
        .zremrangebyscore(samples, '-inf', sample.at - HISTORY_MS)
        .pexpire(samples, HISTORY_MS);
      await within(kept.exec());
    }
    const known = this.#samples.at(-1)?.at;
    const news = await within(redis.zrangebyscore(samples, known === undefined ? '-inf' : `(${known}`, '+inf'));
    this.#keep(...news.map((text) => JSON.parse(text) as Sample));
  }

  async #next(look: () => Promise<Look>, before: Before | undefined): Promise<Sample> {
    const { sample, next } = takeSample(await look(), before);
    this.#before = next;
    return sample;
  }

  #keep(...samples: readonly Sample[]): void {
    this.#samples = [...this.#samples, ...samples].sort((one, other) => one.at - other.at);
  }
}

function within<T>(call: Promise<T>): Promise<T> {
  return withDeadline(call, REDIS_MS, () => new SurfacesError('redis_unavailable', 'no answer'));
}
