import { always, oneOf, port, text, variable } from './variable.ts';
import { z } from './zod.ts';

/** What every process needs. */
export const PROCESS_VARIABLES = {
  SURFACES_ENV: variable({
    meaning: 'production, or development, where missing parts are embedded and defaults are open',
    example: 'production',
    ...always('development'),
    parse: oneOf('development', 'production'),
  }),
  SURFACES_NAMESPACE: variable({
    meaning: 'the Postgres schema and the prefix of every Redis key',
    example: 'surfaces',
    ...always('surfaces'),
    parse: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, 'has to be lower-case letters, digits and _'),
  }),
  SURFACES_LOG_LEVEL: variable({
    meaning: 'how much is logged',
    example: 'debug',
    ...always('info'),
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error'),
  }),
  SURFACES_INSTANCE: variable({
    meaning: 'the name of this process among those of its role',
    example: 'turn-worker-2',
    ...always('1'),
    parse: text,
  }),
  SURFACES_HTTP_HOST: variable({
    meaning: 'the address on which /live, /ready and /metrics are served, or the path of a unix socket',
    example: '0.0.0.0',
    development: '127.0.0.1',
    production: '0.0.0.0',
    parse: text,
  }),
  SURFACES_HTTP_PORT: variable({
    meaning: 'its port; 0 takes a free one',
    example: '9090',
    development: '0',
    production: '9090',
    parse: port,
  }),
};
