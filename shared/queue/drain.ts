import { SurfacesError } from '../errors/surfaces-error.ts';
import { withDeadline } from '../time/time.ts';
import type { Control } from './control.ts';
import { idOf, type ProcessName } from './presence.ts';
import { isUp, onAvailability, type Redis } from './redis.ts';

/**
 * The process itself keeps its flag alive, as long as it lives; what it left behind is gone after this time, and a successor of
 * the same name takes it away at its start: a process that was started anew is never drained.
 */
const KEPT_SECONDS = 600;
/** Should the word of a change not come through. */
const LOOK_MS = 5_000;
const REDIS_MS = 1_000;

/** Tells a process to take no new work, or to take work again. It hears of it at once. @throws SurfacesError `redis_unavailable` */
export async function askToDrain(
  { redis, control, namespace }: { redis: Redis; control: Pick<Control, 'publishDrain'>; namespace: string },
  name: ProcessName,
  drained: boolean,
): Promise<void> {
  if (!isUp(redis)) throw unavailable();
  const key = keyOf(namespace, name);
  const asking: Promise<unknown> = drained
    ? redis.set(key, new Date().toISOString(), 'EX', KEPT_SECONDS)
    : redis.del(key);
  await withDeadline(asking, REDIS_MS, unavailable).catch((error) => {
    throw error instanceof SurfacesError ? error : unavailable();
  });
  await control.publishDrain();
}

/**
 * Calls back with true when this process is to take no new work, and with false when it is to again. Redis away changes nothing;
 * a Redis that has lost everything lets it work. @returns ends the obeying.
 */
export function obeyDrain(
  { redis, control, namespace }: { redis: Redis; control: Pick<Control, 'onDrain'>; namespace: string },
  name: ProcessName,
  changed: (drained: boolean) => void,
): () => void {
  const key = keyOf(namespace, name);
  let fresh = true;
  let drained = false;
  let ended = false;
  let looking: Promise<void> | undefined;
  let again = false;

  async function look(): Promise<void> {
    if (fresh) await withDeadline(redis.del(key), REDIS_MS, unavailable);
    fresh = false;
    const is = (await withDeadline(redis.getex(key, 'EX', KEPT_SECONDS), REDIS_MS, unavailable)) !== null;
    if (ended || is === drained) return;
    drained = is;
    changed(is);
  }
  function begin(): void {
    if (ended || !isUp(redis)) return;
    // A word that comes during a look may be about what that look did not see any more.
    if (looking) {
      again = true;
      return;
    }
    looking = look()
      .catch(() => {})
      .finally(() => {
        looking = undefined;
        if (!again) return;
        again = false;
        begin();
      });
  }
  control.onDrain(begin);
  onAvailability(redis, (up) => up && begin());
  const timer = setInterval(begin, LOOK_MS);
  timer.unref();
  return () => {
    ended = true;
    clearInterval(timer);
  };
}

function keyOf(namespace: string, name: ProcessName): string {
  return `${namespace}:drain:${idOf(name)}`;
}

function unavailable(): SurfacesError {
  return new SurfacesError('redis_unavailable', 'Redis does not answer');
}
