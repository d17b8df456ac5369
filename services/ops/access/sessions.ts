import { createHash, createHmac, randomBytes } from 'node:crypto';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { Redis } from '../../../shared/queue/redis.ts';
import { withDeadline } from '../../../shared/time/time.ts';
import { sameText } from './same-text.ts';

/** What a session remembers. What its person may do is asked anew with each request. */
export type Session = {
  readonly name: string;
  readonly csrf: string;
  /** When it was opened, in milliseconds since 1970. */
  readonly openedAt: number;
} & (
  | {
      readonly by: 'password';
      /** Of the account as it was then: with another password it is another one. */
      readonly seal: string;
    }
  | {
      readonly by: 'oidc';
      /** What the issuer said, of what decides. */
      readonly values: readonly string[];
    }
);
type Opened<S = Session> = S extends Session ? Omit<S, 'csrf' | 'openedAt'> : never;

/** A session ends so long after its login, or after it was last used. */
export const SESSION_SECONDS = 12 * 3600;
export const IDLE_SECONDS = 2 * 3600;
/** While Redis is away, whoever was seen within this time stays logged in at the process that saw them. */
const REMEMBERED_MS = 15 * 60_000;
const MOST_REMEMBERED = 1_000;
const REDIS_MS = 1_000;

export type SessionsOptions = {
  readonly redis: Redis;
  readonly namespace: string;
  /** Signs what lies in Redis: who can write there can make no session of it. The same in all processes. */
  readonly key: Buffer;
  readonly seconds?: { readonly longest: number; readonly idle: number };
};

/** Logins by a form. They live in Redis, so that any ops process knows them; of their tokens only hashes are kept. */
export class Sessions {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #key: Buffer;
  readonly #seconds: { readonly longest: number; readonly idle: number };
  readonly #remembered = new Map<string, { readonly session: Session; readonly at: number }>();

  constructor({ redis, namespace, key, seconds }: SessionsOptions) {
    this.#redis = redis;
    this.#prefix = `${namespace}:ops:session:`;
    this.#key = key;
    this.#seconds = seconds ?? { longest: SESSION_SECONDS, idle: IDLE_SECONDS };
  }

  /**
   * @returns the token for the cookie, which nobody had before.
   * @throws SurfacesError `redis_unavailable`.
   */
  async open(of: Opened): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const session: Session = { ...of, csrf: randomBytes(24).toString('base64url'), openedAt: Date.now() };
    const place = this.#place(token);
    await within(this.#redis.set(place, this.#signed(place, session), 'EX', this.#seconds.idle));
    return token;
  }

  /** Null where there is none, or it is over. To ask counts as use of it, but for `unused`. */
  async find(token: string | undefined, { unused = false } = {}): Promise<Session | null> {
    if (!token) return null;
    const place = this.#place(token);
    try {
      const kept = unused ? this.#redis.get(place) : this.#redis.getex(place, 'EX', this.#seconds.idle);
      const session = this.#read(place, await within(kept));
      if (session === null) this.#remembered.delete(place);
      return session && this.#remember(place, session);
    } catch {
      const known = this.#remembered.get(place);
      return known && Date.now() - known.at < REMEMBERED_MS && !this.#isOver(known.session) ? known.session : null;
    }
  }

  /** @throws SurfacesError `redis_unavailable`: then this process alone has forgotten it. */
  async close(token: string | undefined): Promise<void> {
    if (!token) return;
    this.#remembered.delete(this.#place(token));
    await within(this.#redis.del(this.#place(token)));
  }

  #remember(place: string, session: Session): Session {
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(place, { session, at: Date.now() });
    return session;
  }

  #isOver({ openedAt }: Session): boolean {
    return Date.now() - openedAt >= this.#seconds.longest * 1000;
  }

  #read(place: string, kept: string | null): Session | null {
    const [signature = '', ...json] = kept?.split('.') ?? [];
    const text = json.join('.');
    if (!sameText(signature, this.#signature(place, text))) return null;
    const session = JSON.parse(text) as Session;
    return this.#isOver(session) ? null : session;
  }

  #signed(place: string, session: Session): string {
    const json = JSON.stringify(session);
    return `${this.#signature(place, json)}.${json}`;
  }

  /** Of the place, too: a session is good for no other token. */
  #signature(place: string, json: string): string {
    return createHmac('sha256', this.#key).update(`${place} ${json}`).digest('base64url');
  }

  #place(token: string): string {
    return `${this.#prefix}${createHash('sha256').update(token).digest('hex')}`;
  }
}

function within<T>(call: Promise<T>): Promise<T> {
  const late = () => new SurfacesError('redis_unavailable', 'Redis does not answer');
  return withDeadline(call, REDIS_MS, late).catch((error) => {
    throw error instanceof SurfacesError ? error : new SurfacesError('redis_unavailable', 'Redis does not answer');
  });
}
