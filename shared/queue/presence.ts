import { hostname } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Readiness, Reason } from '../runtime/health.ts';
import { type MetricValues, metricValues } from '../runtime/metric-values.ts';
import { gauge } from '../runtime/metrics.ts';
import { revision } from '../runtime/revision.ts';
import type { RoleContext } from '../runtime/role.ts';
import { VERSION } from '../runtime/version.ts';
import { withDeadline } from '../time/time.ts';
import { isUp, onAvailability, type Redis } from './redis.ts';
import { TOLD } from './told-metrics.ts';

const drained = gauge('draining', '1 while an operator has drained the process: it takes no new work');

/** Which process. A container that is made anew has another host, a process that is started anew another pid. */
export type ProcessName = {
  readonly role: string;
  readonly instance: string;
  readonly host: string;
  readonly pid: number;
};

/** What a process says of itself. Times are epoch milliseconds of its own clock. */
export type Presence = ProcessName & {
  readonly version: string;
  readonly revision: string;
  readonly started: number;
  readonly at: number;
  /** Why it is not ready; empty: it is. */
  readonly reasons: readonly Reason[];
  /** It takes no new work, because an operator said so. */
  readonly draining: boolean;
  /** By how much its event loop was late since the last time (p99), 0.1 being none. */
  readonly lagSeconds: number;
  /** Of one core, since the last time. */
  readonly cpuShare: number;
  readonly rssBytes: number;
  readonly metrics: MetricValues;
};

export const TELL_MS = 5_000;
/** Three times untold: it is gone, or its event loop stands still. */
export const GONE_MS = 15_000;
const REDIS_MS = 1_000;
/** As coarse as the process's own metric: a finer one costs CPU where nothing happens. */
const LAG_LOOK_MS = 100;

/** The operator's hold on it: see `draining`. */
export type OwnPresence = { readonly name: ProcessName; draining(is: boolean): void };

/** What of a role's context this takes. */
type Told = {
  readonly env: { readonly SURFACES_NAMESPACE: string; readonly SURFACES_INSTANCE: string };
  readonly readiness: Pick<Readiness, 'reasons'>;
  readonly onStop: RoleContext<never>['onStop'];
};

/**
 * Tells Redis every five seconds what this process is and how it is, until the role stops: then it is taken back. What is not told
 * again is gone after fifteen seconds. Never throws, and nobody waits for it: a Redis that is away is told when it is back.
 * @param tellMs for tests.
 */
export function tellPresence(
  { env, readiness, onStop }: Told,
  role: string,
  redis: Redis,
  tellMs = TELL_MS,
): OwnPresence {
  const name: ProcessName = { role, instance: env.SURFACES_INSTANCE, host: hostname(), pid: process.pid };
  const [id, keys] = [idOf(name), keysOf(env.SURFACES_NAMESPACE)];
  const started = Math.round(Date.now() - process.uptime() * 1000);
  const build = { version: VERSION, revision: revision() };
  const lag = monitorEventLoopDelay({ resolution: LAG_LOOK_MS });
  lag.enable();
  let draining = false;
  let [cpu, cpuAt] = [process.cpuUsage(), performance.now()];
  let telling: Promise<unknown> | undefined;

  async function tell(): Promise<void> {
    const metrics = await metricValues(Object.keys(TOLD));
    const { user, system } = process.cpuUsage(cpu);
    const cpuShare = (user + system) / 1000 / Math.max(1, performance.now() - cpuAt);
    [cpu, cpuAt] = [process.cpuUsage(), performance.now()];
    const presence: Presence = {
      ...name,
      ...build,
      started,
      at: Date.now(),
      reasons: readiness.reasons(),
      draining,
      lagSeconds: lag.percentile(99) / 1e9,
      cpuShare,
      rssBytes: process.memoryUsage.rss(),
      metrics,
    };
    lag.reset();
    await redis
      .pipeline()
      .set(keys.of(id), JSON.stringify(presence), 'PX', GONE_MS)
      .zadd(keys.all, presence.at, id)
      .exec();
  }
  function begin(): void {
    if (!isUp(redis) || telling) return;
    telling = within(tell())
      .catch(() => {})
      .finally(() => {
        telling = undefined;
      });
  }
  const timer = setInterval(begin, tellMs);
  timer.unref();
  onAvailability(redis, (up) => up && begin());
  onStop('presence', async () => {
    clearInterval(timer);
    lag.disable();
    await telling;
    // From now on nothing is told, also when Redis comes back.
    telling = Promise.resolve();
    if (isUp(redis)) await within(redis.pipeline().del(keys.of(id)).zrem(keys.all, id).exec());
  });
  return {
    name,
    draining(is) {
      draining = is;
      drained.set(is ? 1 : 0);
      // What is on its way says the old.
      void Promise.resolve(telling).then(begin);
    },
  };
}

/** A process that went without a word: killed, cut off, or standing still. */
export type Vanished = ProcessName & { readonly seen: number };

export type Processes = { readonly there: readonly Presence[]; readonly vanished: readonly Vanished[] };

/** Who has vanished is not looked for any more after this time: where another of its role is there, and where none is. */
const FORGET_MS = { beside: 10 * 60_000, alone: 24 * 3_600_000 };

/**
 * All processes that tell of themselves, by role and instance, and those that vanished and were not started again.
 * @throws SurfacesError `redis_unavailable`
 */
export async function readProcesses(redis: Redis, namespace: string): Promise<Processes> {
  const keys = keysOf(namespace);
  if (!isUp(redis)) throw unavailable();
  const scores = await within(redis.zrange(keys.all, 0, -1, 'WITHSCORES'));
  const ids = scores.filter((_, index) => index % 2 === 0);
  const told = ids.length === 0 ? [] : await within(redis.mget(ids.map(keys.of)));
  const there = told.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Presence]));
  const silent = ids.flatMap((id, index) =>
    told[index] === null ? [{ ...nameOf(id), id, seen: Number(scores[2 * index + 1]) }] : [],
  );
  const { vanished, forgotten } = sortOut(silent, there, Date.now());
  if (forgotten.length > 0) await within(redis.zrem(keys.all, ...forgotten));
  return { there: there.sort(byName), vanished: vanished.sort(byName) };
}

/** A container that is made anew has its name and number again, and another host. */
const CONTAINER = /^[0-9a-f]{12}$/;

/** Who was started again under the same name has not vanished. */
function sortOut(silent: readonly (Vanished & { id: string })[], there: readonly Presence[], now: number) {
  const vanished: Vanished[] = [];
  const forgotten: string[] = [];
  for (const { id, ...each } of silent) {
    const ofRole = there.filter(({ role }) => role === each.role);
    const again = ofRole.some(
      ({ instance, host, started }) =>
        instance === each.instance && (host === each.host || (CONTAINER.test(each.host) && started >= each.seen)),
    );
    const forgetMs = ofRole.length > 0 ? FORGET_MS.beside : FORGET_MS.alone;
    if (again || now - each.seen > forgetMs) forgotten.push(id);
    else vanished.push(each);
  }
  return { vanished, forgotten };
}

function byName(one: ProcessName, other: ProcessName): number {
  const [a, b] = [one, other].map(({ role, instance, host }) => `${role} ${instance} ${host}`) as [string, string];
  return a.localeCompare(b, 'en', { numeric: true });
}

function keysOf(namespace: string) {
  return { all: `${namespace}:presence`, of: (id: string) => `${namespace}:presence:${id}` };
}

/** As its keys name it, and what is done to it. */
export function idOf({ role, instance, host, pid }: ProcessName): string {
  return [role, instance, host, String(pid)].map(encodeURIComponent).join('/');
}

function nameOf(id: string): ProcessName {
  const [role = '', instance = '', host = '', pid = ''] = id.split('/').map(decodeURIComponent);
  return { role, instance, host, pid: Number(pid) };
}

function within<T>(call: Promise<T>): Promise<T> {
  return withDeadline(call, REDIS_MS, unavailable).catch((error) => {
    throw error instanceof SurfacesError ? error : unavailable();
  });
}

function unavailable(): SurfacesError {
  return new SurfacesError('redis_unavailable', 'Redis does not answer');
}
