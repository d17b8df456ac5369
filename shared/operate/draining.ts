import type { Control } from '../queue/control.ts';
import { askToDrain } from '../queue/drain.ts';
import { idOf, type Presence, type ProcessName, readProcesses } from '../queue/presence.ts';
import type { Redis } from '../queue/redis.ts';
import { sleep } from '../time/time.ts';
import type { Outcome } from './audited.ts';

export type DrainParts = {
  readonly redis: Redis;
  readonly control: Pick<Control, 'publishDrain'>;
  readonly namespace: string;
};

/** Roles that take work from a queue. The others have none that could be left to others by standing by. */
const DRAINED: ReadonlySet<string> = new Set(['command-worker', 'turn-worker', 'attachment-worker']);
const ANSWER_MS = 5_000;
const LOOK_MS = 100;

export function canDrain({ role }: Pick<ProcessName, 'role'>): boolean {
  return DRAINED.has(role);
}

/** The processes of a role, or one of them: by its whole id, its name (`turn-worker-2`) or its index (`2`). */
export function processesMeant(there: readonly Presence[], role: string, which?: string): Presence[] {
  const ofRole = there.filter((each) => each.role === role);
  if (which === undefined) return ofRole;
  return ofRole.filter((each) => [idOf(each), each.instance, each.instance.replace(`${role}-`, '')].includes(which));
}

/** Others that take the same work and go on with it. */
export function standIns(there: readonly Presence[], { role }: Pick<ProcessName, 'role'>, but: string): Presence[] {
  return there.filter((each) => each.role === role && idOf(each) !== but && !each.draining);
}

/**
 * Has a process take no new work, or take work again, and waits until it says so itself.
 * @throws SurfacesError `redis_unavailable`
 */
export async function drainProcess(parts: DrainParts, name: ProcessName, drained: boolean): Promise<Outcome> {
  const id = idOf(name);
  const now = async () => (await readProcesses(parts.redis, parts.namespace)).there.find((each) => idOf(each) === id);
  const before = await now();
  if (!before) return { state: 'nothing', text: 'there is no such process any more' };
  if (before.draining === drained)
    return { state: 'nothing', text: drained ? 'it was drained already' : 'it was not drained' };
  await askToDrain(parts, name, drained);
  for (const deadline = Date.now() + ANSWER_MS; Date.now() < deadline; await sleep(LOOK_MS)) {
    if ((await now())?.draining !== drained) continue;
    return {
      state: 'done',
      text: drained ? 'it takes no new work; what runs there goes on to its end' : 'it takes work again',
    };
  }
  return { state: 'done', text: 'it was told, and has not answered yet: it may be gone, or stand still' };
}
