import type { Weight } from '../config/limit-weights.ts';
import type { Env } from '../config/read-env.ts';
import type { UserId } from '../ids/ids.ts';
import { fits } from '../ids/who.ts';

export const LIMIT_NAMES = [
  'SURFACES_LIMIT_TURNS_PER_MINUTE',
  'SURFACES_LIMIT_ROOM_TURNS_PER_MINUTE',
  'SURFACES_LIMIT_SERVER_TURNS_PER_MINUTE',
  'SURFACES_LIMIT_TURNS_AT_ONCE',
  'SURFACES_LIMIT_QUEUED',
  'SURFACES_LIMIT_COMMANDS_PER_MINUTE',
  'SURFACES_LIMIT_TOKENS_PER_DAY',
  'SURFACES_LIMIT_COST_PER_DAY',
  'SURFACES_LIMIT_WEIGHTS',
] as const;

/** What one person may do. 0: no limit. */
export type PersonLimits = {
  readonly turnsPerMinute: number;
  readonly turnsAtOnce: number;
  readonly queued: number;
  readonly commandsPerMinute: number;
  readonly tokensPerDay: number;
  readonly costPerDay: number;
};

export type Limits = PersonLimits & {
  readonly roomTurnsPerMinute: number;
  readonly serverTurnsPerMinute: number;
  readonly weights: readonly Weight[];
};

export function limitsOf(env: Env<(typeof LIMIT_NAMES)[number]>): Limits {
  return {
    turnsPerMinute: env.SURFACES_LIMIT_TURNS_PER_MINUTE,
    roomTurnsPerMinute: env.SURFACES_LIMIT_ROOM_TURNS_PER_MINUTE,
    serverTurnsPerMinute: env.SURFACES_LIMIT_SERVER_TURNS_PER_MINUTE,
    turnsAtOnce: env.SURFACES_LIMIT_TURNS_AT_ONCE,
    queued: env.SURFACES_LIMIT_QUEUED,
    commandsPerMinute: env.SURFACES_LIMIT_COMMANDS_PER_MINUTE,
    tokensPerDay: env.SURFACES_LIMIT_TOKENS_PER_DAY,
    costPerDay: env.SURFACES_LIMIT_COST_PER_DAY,
    weights: env.SURFACES_LIMIT_WEIGHTS,
  };
}

/** The limits of one person: each multiplied by the first weight that names them. A limit never becomes none by it. */
export function limitsFor(person: UserId, limits: Limits): PersonLimits {
  const factor = limits.weights.find(({ who }) => fits(person, who))?.factor ?? 1;
  const whole = (limit: number) => (limit === 0 ? 0 : Math.max(1, Math.round(limit * factor)));
  return {
    turnsPerMinute: whole(limits.turnsPerMinute),
    turnsAtOnce: whole(limits.turnsAtOnce),
    queued: whole(limits.queued),
    commandsPerMinute: whole(limits.commandsPerMinute),
    tokensPerDay: whole(limits.tokensPerDay),
    costPerDay: limits.costPerDay * factor,
  };
}
