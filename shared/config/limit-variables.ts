import { parseWeights } from './limit-weights.ts';
import { always, count, decimal, variable } from './variable.ts';
import { z } from './zod.ts';

/** What protects everybody from one: docs/LIMITS.md. 0 is no limit. */
export const LIMIT_VARIABLES = {
  SURFACES_LIMIT_TURNS_PER_MINUTE: variable({
    meaning: 'messages of one person that are answered within any 60 seconds; what is over it waits, in order',
    example: '20',
    development: '600',
    production: '20',
    parse: count,
  }),
  SURFACES_LIMIT_ROOM_TURNS_PER_MINUTE: variable({
    meaning: 'the same for one room, whoever writes there',
    example: '10',
    ...always('0'),
    parse: count,
  }),
  SURFACES_LIMIT_SERVER_TURNS_PER_MINUTE: variable({
    meaning: 'the same for all people of one homeserver together',
    example: '600',
    ...always('0'),
    parse: count,
  }),
  SURFACES_LIMIT_TURNS_AT_ONCE: variable({
    meaning: 'turns of one person that run at the same time, over all of their rooms',
    example: '5',
    development: '0',
    production: '5',
    parse: count,
  }),
  SURFACES_LIMIT_QUEUED: variable({
    meaning: 'messages of one person that wait; what is over it is refused, with one notice that counts them',
    example: '100',
    development: '1000',
    production: '100',
    parse: count,
  }),
  SURFACES_LIMIT_COMMANDS_PER_MINUTE: variable({
    meaning: 'commands and invitations of one person within any 60 seconds; !stop, !yes and !no always work',
    example: '30',
    development: '600',
    production: '30',
    parse: count,
  }),
  SURFACES_LIMIT_TOKENS_PER_DAY: variable({
    meaning:
      'tokens in and out of one person’s turns within any 24 hours, where the agent tells them; then messages wait',
    example: '2000000',
    ...always('0'),
    parse: count,
  }),
  SURFACES_LIMIT_COST_PER_DAY: variable({
    meaning:
      'cost of one person’s turns within any 24 hours, in the agent’s currency, where it tells it; then messages wait',
    example: '5.00',
    ...always('0'),
    parse: decimal,
  }),
  SURFACES_LIMIT_WEIGHTS: variable({
    meaning:
      'who has more or less of each limit for a person: user ids, *:server or *, and a factor; the first that fits counts',
    example: '@ada:example.org=5 *:example.org=2 *=1',
    ...always(''),
    parse: z.string().transform((value, context) => {
      const { weights, problem } = parseWeights(value);
      if (!problem) return weights;
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    }),
  }),
  SURFACES_LIMIT_ROOMS: variable({
    meaning: 'rooms that a person may have, those in the archive not counted',
    example: '50',
    ...always('50'),
    parse: count,
  }),
};
