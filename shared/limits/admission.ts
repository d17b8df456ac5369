import { describe } from '../errors/surfaces-error.ts';
import { type EventId, type RoomId, serverOf, type UserId } from '../ids/ids.ts';
import { evalScript, type Redis } from '../queue/redis.ts';
import type { Log } from '../runtime/log.ts';
import { tellOnce } from '../store/people.ts';
import type { Database } from '../store/postgres.ts';
import { spentUntil } from '../store/turn-spent.ts';
import { withDeadline } from '../time/time.ts';
import { ADMIT, COUNT, LEAVE, RENEW } from './admission-script.ts';
import { limitKeys } from './limit-keys.ts';
import { refused, unchecked, waits } from './limit-metrics.ts';
import { type Limits, limitsFor } from './limits.ts';

/** Runs a Lua script in Redis, with keys under the stack's namespace. */
export type RunScript = (
  script: string,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

export type AskedTurn = {
  readonly person: UserId;
  readonly room: RoomId;
  readonly event: EventId;
  readonly lane: string;
  /** Its place in the order of everything: who has waited longest is next. */
  readonly position: number;
  /** An earlier worker had begun it: it goes on, whatever the limits say. */
  readonly begun: boolean;
};

/** Why a turn waits: for time (so many a minute), for the end of another one, for a new day. */
export type Wait = {
  readonly for: 'minute' | 'another' | 'day';
  /** Until it is tried again, in milliseconds. */
  readonly ms: number;
  /** Until it may start, as far as is known now, in milliseconds. */
  readonly untilMs: number;
  /** The person was not told in this flood, or because of this event. */
  readonly tell: boolean;
};

export type Verdict = 'admitted' | Wait;

const WINDOW_MS = 60_000;
/** A turn that is not heard of for so long does not run any more: its worker died, and nobody has taken it up. */
const BELIEVED_MS = 60_000;
/** A limit that is lifted meanwhile is noticed after that. */
const LOOK_AGAIN_MS = 10 * 60_000;
const REDIS_MS = 500;

/**
 * The limits of people, rooms and servers, over all workers. Kept in Redis, which may be lost: then they begin anew, and
 * while it is away everything is admitted, since a limit must never be the reason that a message is lost.
 */
export class Admission {
  readonly #run: RunScript;
  readonly #database: Database;
  readonly #limits: Limits;
  readonly #log: Log;

  constructor(options: { run: RunScript; database: Database; limits: Limits; log: Log }) {
    this.#run = options.run;
    this.#database = options.database;
    this.#limits = options.limits;
    this.#log = options.log;
  }

  /** Whether a turn may start. To be followed by `leave` once it has ended, or is put back after it was admitted. */
  async admit(turn: AskedTurn): Promise<Verdict> {
    const limits = limitsFor(turn.person, this.#limits);
    if (!turn.begun) {
      const until = await spentUntil(this.#database, turn.person, limits);
      if (until !== null) {
        const untilMs = Math.max(until.getTime() - Date.now(), 1_000);
        const day = `spent ${until.toISOString().slice(0, 10)}`;
        const tell = await tellOnce(this.#database, day, turn.person, 'rate_limited', turn.event);
        waits.inc({ limit: 'day' });
        return { for: 'day', ms: Math.min(untilMs, LOOK_AGAIN_MS), untilMs, tell };
      }
    }
    const windows = this.#windows(turn, limits.turnsPerMinute);
    if (windows.length === 0 && limits.turnsAtOnce === 0) return 'admitted';
    const { running, waiting, told } = limitKeys(turn.person);
    const keys = [running, waiting, told, ...windows.map(({ key }) => key)];
    const { event, lane, position, begun } = turn;
    const most = windows.map(({ limit }) => limit);
    const args = [event, lane, position, begun ? 1 : 0, WINDOW_MS, BELIEVED_MS, limits.turnsAtOnce, ...most];
    const answer = await this.#ask<[number, number, number, number]>(ADMIT, keys, args);
    if (!answer || answer[0] === 1) return 'admitted';
    const [, ms, tell, another] = answer;
    waits.inc({ limit: another ? 'at_once' : 'minute' });
    return { for: another ? 'another' : 'minute', ms: Math.min(ms, LOOK_AGAIN_MS), untilMs: ms, tell: tell === 1 };
  }

  /** To be called now and then while a turn runs, more often than once a minute. */
  async renew({ person, event }: Pick<AskedTurn, 'person' | 'event'>): Promise<void> {
    if (limitsFor(person, this.#limits).turnsAtOnce === 0) return;
    await this.#ask(RENEW, [limitKeys(person).running], [event, BELIEVED_MS]);
  }

  /**
   * A turn has ended, or waits for its person; `never`: it did not start, and will not.
   * @returns the lane that has waited longest for it, to be nudged.
   */
  async leave(
    turn: Pick<AskedTurn, 'person' | 'room' | 'event'>,
    { never } = { never: false },
  ): Promise<string | null> {
    const { turnsPerMinute, turnsAtOnce } = limitsFor(turn.person, this.#limits);
    const windows = this.#windows(turn, turnsPerMinute);
    if (turnsAtOnce === 0 && !(never && windows.length > 0)) return null;
    const { running, waiting } = limitKeys(turn.person);
    const keys = [running, waiting, ...windows.map(({ key }) => key)];
    return (await this.#ask<string | null>(LEAVE, keys, [turn.event, never ? 1 : 0])) ?? null;
  }

  /** Whether a command or an invitation may be carried out. */
  async admitCommand(
    person: UserId,
    event: EventId,
  ): Promise<'admitted' | { readonly ms: number; readonly tell: boolean }> {
    const { commandsPerMinute } = limitsFor(person, this.#limits);
    if (commandsPerMinute === 0) return 'admitted';
    const { commands, commandsTold } = limitKeys(person);
    const keys = [commands, commandsTold];
    const answer = await this.#ask<[number, number, number]>(COUNT, keys, [event, WINDOW_MS, commandsPerMinute]);
    if (!answer || answer[0] === 1) return 'admitted';
    refused.inc({ limit: 'commands' });
    return { ms: answer[1], tell: answer[2] === 1 };
  }

  #windows({ person, room }: Pick<AskedTurn, 'person' | 'room'>, turnsPerMinute: number) {
    return [
      { key: limitKeys(person).turns, limit: turnsPerMinute },
      { key: `limit/turns/${room}`, limit: this.#limits.roomTurnsPerMinute },
      { key: `limit/turns/*:${serverOf(person)}`, limit: this.#limits.serverTurnsPerMinute },
    ].filter(({ limit }) => limit > 0);
  }

  async #ask<Answer>(script: string, keys: readonly string[], args: readonly (string | number)[]) {
    try {
      return (await withDeadline(this.#run(script, keys, args), REDIS_MS, () => new Error('Redis is slow'))) as Answer;
    } catch (error) {
      unchecked.inc();
      this.#log.debug({ err: error }, `a limit could not be looked at: ${describe(error)}`);
      return undefined;
    }
  }
}

/** The limits of a worker process. `redis`: a connection that only sends. */
export function openAdmission(
  limits: Limits,
  parts: { readonly redis: Redis; readonly namespace: string; readonly database: Database; readonly log: Log },
): Admission {
  const { redis, namespace, database, log } = parts;
  const run: RunScript = (script, keys, args) => evalScript(redis, namespace, script, keys, args);
  return new Admission({ run, database, limits, log });
}
