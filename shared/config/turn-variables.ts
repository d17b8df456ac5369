import { always, duration, positive, variable } from './variable.ts';

/** Turns and questions. */
export const TURN_VARIABLES = {
  SURFACES_MAX_EDITS: variable({
    meaning: 'edits of one message, the final one included',
    example: '30',
    ...always('30'),
    parse: positive,
  }),
  SURFACES_AGENT_IDLE_TIMEOUT: variable({
    meaning: 'how long an agent may be silent in a turn',
    example: '120s',
    ...always('120'),
    parse: duration,
  }),
  SURFACES_AGENT_PATIENCE: variable({
    meaning: 'how long messages wait for an agent host that is away, in order, until they are answered with an error',
    example: '1h',
    development: '2m',
    production: '1h',
    parse: duration,
  }),
  SURFACES_PERMISSION_TTL: variable({
    meaning: 'until a permission expires',
    example: '24h',
    ...always('24h'),
    parse: duration,
  }),
  SURFACES_CONFIRM_TTL: variable({
    meaning: 'until a confirmation expires',
    example: '10m',
    ...always('10m'),
    parse: duration,
  }),
  SURFACES_LIST_TTL: variable({
    meaning: 'until a bare number no longer picks from a list',
    example: '5m',
    ...always('5m'),
    parse: duration,
  }),
};
