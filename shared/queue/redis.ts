import { Redis } from 'ioredis';
import { codeOf, describe, SurfacesError } from '../errors/surfaces-error.ts';
import type { Readiness } from '../runtime/health.ts';
import type { Log } from '../runtime/log.ts';
import { gauge } from '../runtime/metrics.ts';
import { sleep } from '../time/time.ts';

export type { Redis } from 'ioredis';

/**
 * `producer`: a command fails at once while Redis is away, so that nothing waits for it. `worker`: commands wait, which
 * is what BullMQ's blocking reads and subscriptions need.
 */
export type RedisKind = 'producer' | 'worker';

/**
 * A connection on which something was asked and nothing at all has come for so long is dead, whatever TCP believes of it, and is
 * made anew. A worker's blocking read is quiet for ten seconds when nothing happens.
 */
const SILENCE_MS = { producer: 5_000, worker: 12_000 } as const;
/** So that an idle connection is found dead before somebody needs it. */
const ASK_MS = 5_000;
/** Between tries to connect: short, because what waits for Redis is people. */
const RETRY_MS = 1_000;

const opened = new Set<Redis>();
gauge('redis_connected', '1 while all connections to Redis stand', [], (connected) => {
  connected.set(opened.size > 0 && [...opened].every(isUp) ? 1 : 0);
});

/** The one door to Redis. Connects by itself, and again whenever it has to; an outage is logged once, and so is its end. */
export function openRedis(url: string, kind: RedisKind, log: Log): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: kind === 'worker',
    maxRetriesPerRequest: kind === 'worker' ? null : 0,
    connectTimeout: 5_000,
    socketTimeout: SILENCE_MS[kind],
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), RETRY_MS),
  });
  opened.add(redis);
  redis.on('end', () => opened.delete(redis));
  // A worker's subscription or blocking connection may be asked, too.
  const asking = setInterval(() => isUp(redis) && void redis.ping().catch(() => {}), ASK_MS);
  asking.unref();
  redis.on('end', () => clearInterval(asking));
  let away = false;
  redis.on('error', (error) => {
    if (!away) log.warn({ code: 'redis_unavailable', kind }, `Redis does not answer: ${describe(error)}`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({ kind }, 'Redis is back');
    away = false;
  });
  return redis;
}

/** Whether commands would be answered now. */
export function isUp(redis: Redis): boolean {
  return redis.status === 'ready';
}

/**
 * Waits until commands would be answered.
 * @throws SurfacesError `redis_unavailable` after `ms` milliseconds.
 */
export async function untilUp(redis: Redis, ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  while (!isUp(redis)) {
    if (performance.now() > deadline) throw new SurfacesError('redis_unavailable', 'Redis does not answer');
    await sleep(20);
  }
}

/** Calls back with true each time Redis becomes usable and with false each time it goes; at once, if it is up already. */
export function onAvailability(redis: Redis, changed: (up: boolean) => void): void {
  redis.on('ready', () => changed(true));
  redis.on('close', () => changed(false));
  if (isUp(redis)) changed(true);
}

/**
 * Wakes live in Redis without an expiry: a policy that evicts would throw them away under memory pressure.
 * @throws SurfacesError `redis_evicts` in production; elsewhere it is a warning. `redis_unavailable` if it cannot be asked.
 */
export async function checkPolicy(redis: Redis, environment: 'development' | 'production', log: Log): Promise<void> {
  const memory = await redis.info('memory').catch((error) => {
    throw new SurfacesError('redis_unavailable', `Redis does not answer: ${describe(error)}`, { cause: error });
  });
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  if (!policy || policy === 'noeviction') return;
  const message = `Redis has maxmemory-policy ${policy}, which throws work away when memory is short; set it to noeviction`;
  if (environment === 'production') throw new SurfacesError('redis_evicts', message);
  log.warn({ code: 'redis_evicts', policy }, message);
}

/**
 * Runs a Lua script with keys under the namespace.
 * @throws SurfacesError `redis_unavailable`
 */
export async function evalScript(
  redis: Redis,
  namespace: string,
  script: string,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.eval(script, keys.length, ...keys.map((key) => `${namespace}:${key}`), ...args);
  } catch (error) {
    throw new SurfacesError('redis_unavailable', `Redis does not answer: ${describe(error)}`, { cause: error });
  }
}

/**
 * A role's need “redis”, for its whole life: met while Redis is usable, and its policy is looked at each time it comes.
 * `fail` is called with `redis_evicts`, which is an error in production only.
 */
export function needRedis(
  redis: Redis,
  role: {
    readonly readiness: Pick<Readiness, 'met' | 'unmet'>;
    readonly environment: 'development' | 'production';
    readonly log: Log;
    readonly fail: (error: unknown) => void;
  },
): void {
  onAvailability(redis, (up) => {
    if (!up) return role.readiness.unmet('redis', 'Redis does not answer');
    role.readiness.met('redis');
    checkPolicy(redis, role.environment, role.log).catch((error) => {
      if (codeOf(error) === 'redis_evicts') role.fail(error);
    });
  });
}
