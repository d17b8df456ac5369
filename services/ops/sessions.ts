import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Redis } from '../../shared/queue/redis.ts';

const SESSION_SECONDS = 12 * 3600;
const TRIES = 10;
const TRIES_SECONDS = 300;

/** Logins of the operator’s page. Sessions live in Redis, so that any ops process knows them; only their hashes are kept. */
export class Sessions {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #user: string;
  readonly #password: string;

  constructor(redis: Redis, namespace: string, user: string, password: string) {
    this.#redis = redis;
    this.#prefix = `${namespace}:ops`;
    this.#user = user;
    this.#password = password;
  }

  /** Compared in constant time. */
  matches(user: string, password: string): boolean {
    const userFits = sameText(user, this.#user);
    return sameText(password, this.#password) && userFits;
  }

  /** Whether an address has tries left; ten wrong passwords in five minutes use them up. */
  async mayTry(address: string): Promise<boolean> {
    return Number((await this.#redis.get(`${this.#prefix}:tries:${address}`)) ?? 0) < TRIES;
  }

  async countTry(address: string): Promise<void> {
    const key = `${this.#prefix}:tries:${address}`;
    if ((await this.#redis.incr(key)) === 1) await this.#redis.expire(key, TRIES_SECONDS);
  }

  async open(): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.#redis.set(this.#key(token), '1', 'EX', SESSION_SECONDS);
    return token;
  }

  async isOpen(token: string | undefined): Promise<boolean> {
    return token !== undefined && (await this.#redis.exists(this.#key(token))) === 1;
  }

  async close(token: string | undefined): Promise<void> {
    if (token !== undefined) await this.#redis.del(this.#key(token));
  }

  #key(token: string): string {
    return `${this.#prefix}:session:${createHash('sha256').update(token).digest('hex')}`;
  }
}

function sameText(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
