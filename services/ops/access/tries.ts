import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Redis } from '../../../shared/queue/redis.ts';

/** So many wrong passwords cost nothing; with each one more the wait doubles, from a second to a quarter of an hour. */
const FREE = 5;
const LONGEST_SECONDS = 900;
const FORGOTTEN_SECONDS = 3600;

/** Of a try: what it let in, or the seconds until the next one. */
export type Tried<T> = { readonly found: T | null; readonly waitSeconds: number };

/** Wrong passwords for each address, however many accounts it tries. In Redis: an attacker meets the same count everywhere. */
export class Tries {
  readonly #redis: Redis;
  readonly #prefix: string;
  /** The last try of each address: they are made one after the other, so that many at once are no way around the count. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(redis: Redis, namespace: string) {
    this.#redis = redis;
    this.#prefix = `${namespace}:ops:wrong:`;
  }

  /**
   * Looks at a password, unless its address has to wait; then it is not looked at. While Redis is away there is no limit but
   * the time that a try takes.
   */
  async attempt<T>(address: string, name: string, look: () => Promise<T | null>): Promise<Tried<T>> {
    const key = this.#prefix + placeOf(address);
    const before = this.#running.get(key);
    const now = (async () => {
      await before?.catch(() => {});
      return this.#alone(key, name, look);
    })();
    this.#running.set(key, now);
    try {
      return await now;
    } finally {
      if (this.#running.get(key) === now) this.#running.delete(key);
    }
  }

  async #alone<T>(key: string, name: string, look: () => Promise<T | null>): Promise<Tried<T>> {
    const waitSeconds = await this.#waitSeconds(key);
    if (waitSeconds > 0) return { found: null, waitSeconds };
    const found = await look();
    await (found === null ? this.#wrong(key, name) : this.#right(key, name)).catch(() => {});
    return { found, waitSeconds: 0 };
  }

  async #waitSeconds(key: string): Promise<number> {
    const [wrong, last] = await this.#redis.hmget(key, 'wrong', 'last').catch(() => []);
    const over = Number(wrong ?? 0) - FREE;
    if (over < 0) return 0;
    const wait = Math.min(2 ** over, LONGEST_SECONDS);
    return Math.max(0, Math.ceil(Number(last) + wait - Date.now() / 1000));
  }

  async #wrong(key: string, name: string): Promise<void> {
    const count = this.#redis.multi().hincrby(key, 'wrong', 1).hincrby(key, fieldOf(name), 1);
    count.hset(key, 'last', Date.now() / 1000);
    await count.expire(key, FORGOTTEN_SECONDS).exec();
  }

  /** Takes back what was wrong under this name alone: an account of one's own makes no guesses at another one free. */
  async #right(key: string, name: string): Promise<void> {
    const own = Number(await this.#redis.hget(key, fieldOf(name)));
    if (own > 0) await this.#redis.multi().hincrby(key, 'wrong', -own).hdel(key, fieldOf(name)).exec();
  }
}

/** Whoever has one address of IPv6 has all of its /64. */
function placeOf(address: string): string {
  const plain = address.replace(/%.*$/, '');
  if (!isIPv6(plain) || plain.includes('.')) return address;
  const [head = '', tail] = plain.split('::');
  const front = head.split(':').filter(Boolean);
  const back = tail?.split(':').filter(Boolean) ?? [];
  const groups = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function fieldOf(name: string): string {
  return `of:${createHash('sha256').update(name).digest('base64url').slice(0, 16)}`;
}
