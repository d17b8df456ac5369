import { ACP_VARIABLES } from './acp-variables.ts';
import { OPENAI_VARIABLES } from './openai-variables.ts';
import { allow, always, count, duration, size, text, url, type Variable, variable } from './variable.ts';
import { z } from './zod.ts';

export type { Variable } from './variable.ts';

export const VARIABLES = {
  SURFACES_ENV: variable({
    meaning: 'whether missing parts may be embedded and defaults may be open',
    example: 'production',
    ...always('development'),
    parse: z.enum(['development', 'production']) as unknown as z.ZodType<'development' | 'production', string>,
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
    parse: z.enum(['trace', 'debug', 'info', 'warn', 'error']) as unknown as z.ZodType<string, string>,
  }),
  SURFACES_INSTANCE: variable({
    meaning: 'the name of this process among those of its role',
    example: 'turn-worker-2',
    ...always('1'),
    parse: text,
  }),
  SURFACES_HTTP_HOST: variable({
    meaning: 'the address on which /live, /ready and /metrics are served',
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
    parse: count,
  }),
  DATABASE_URL: variable({
    meaning: 'Postgres, the record',
    example: 'postgres://surfaces:secret@db:5432/surfaces',
    secret: true,
    parse: url('postgres:', 'postgresql:'),
  }),
  REDIS_URL: variable({
    meaning: 'Redis, which carries work',
    example: 'redis://redis:6379/0',
    secret: true,
    parse: url('redis:', 'rediss:'),
  }),
  MATRIX_HOMESERVER_URL: variable({
    meaning: 'the homeserver’s client API',
    example: 'https://matrix.example.org',
    parse: url('http:', 'https:'),
  }),
  MATRIX_ACCESS_TOKEN: variable({
    meaning: 'the bot’s access token, from a login, so that it has a device',
    example: 'syt_…',
    secret: true,
    parse: text,
  }),
  AGENT_URL: variable({ meaning: 'the agent host', example: 'ws://agent-host:7700', parse: url('ws:', 'wss:') }),
  AGENT_TOKEN: variable({
    meaning: 'the token that the agent host asks for',
    example: 'a long random text',
    secret: true,
    parse: text,
  }),
  AGENTS_DIR: variable({
    meaning: 'the shared volume of the rooms’ workspaces',
    example: '/agents',
    parse: text,
  }),
  AGENT: variable({
    meaning:
      'what the agent host of this project runs: its scripted demo, a model behind an OpenAI-compatible server, or an agent of the Agent Client Protocol',
    example: 'openai',
    development: 'demo',
    parse: z.enum(['demo', 'openai', 'acp']) as unknown as z.ZodType<'demo' | 'openai' | 'acp', string>,
  }),
  AGENTS: variable({
    meaning: 'several agents in place of AGENT, as JSON (docs/AGENTS.md); `AGENTS_FILE` names a file with it',
    example: '{"agents": {"helper": {"kind": "openai", …}}}',
    secret: true,
    ...always(''),
    parse: z.string(),
  }),
  ...OPENAI_VARIABLES,
  ...ACP_VARIABLES,
  OPS_USER: variable({
    meaning: 'who may log in to the operator’s page',
    example: 'operator',
    development: 'operator',
    parse: text,
  }),
  OPS_PASSWORD: variable({
    meaning: 'the password of the operator’s page',
    example: 'a long random text',
    secret: true,
    parse: text,
  }),
  SURFACES_ALLOW: variable({
    meaning: 'who may use the bot: user ids, *:server, or *',
    example: '*:example.org',
    development: '*',
    parse: allow,
  }),
  SURFACES_BOT_NAME: variable({
    meaning: 'the bot’s display name, set at its first start',
    example: 'surfaces',
    ...always('surfaces'),
    parse: text,
  }),
  SURFACES_BOT_AVATAR: variable({
    meaning: 'the bot’s picture, and its Spaces’: a PNG or JPEG file; `none` leaves both without one',
    example: '/etc/surfaces/avatar.png',
    ...always('infra/assets/avatar.png'),
    parse: text,
  }),
  SURFACES_MAX_EDITS: variable({
    meaning: 'edits of one message, the final one included',
    example: '30',
    ...always('30'),
    parse: count,
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
  SURFACES_LIMIT_ROOMS: variable({
    meaning: 'rooms that a person may have, those in the archive not counted',
    example: '50',
    ...always('50'),
    parse: count,
  }),
  SURFACES_MAX_FILE_BYTES: variable({
    meaning: 'the largest file, either way; the homeserver’s own limit where that is smaller',
    example: '100M',
    ...always('100M'),
    parse: size,
  }),
  SURFACES_QUOTA_ROOM_BYTES: variable({
    meaning: 'what the files of one room may take; people’s files above it are refused',
    example: '2G',
    ...always('2G'),
    parse: size,
  }),
  SURFACES_QUOTA_PERSON_BYTES: variable({
    meaning: 'what the files of all rooms of one person may take',
    example: '10G',
    ...always('10G'),
    parse: size,
  }),
  SURFACES_FILE_WAIT: variable({
    meaning: 'how long a file waits for more files, and for the text that belongs to them',
    example: '2s',
    ...always('2s'),
    parse: duration,
  }),
  SURFACES_REFUSE_FILES: variable({
    meaning: 'files that are neither taken nor sent: extensions, media types, families of them',
    example: '.exe, application/x-msdownload, video/*',
    ...always(''),
    parse: z.string().transform((value) =>
      value
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
  }),
  SURFACES_SCAN: variable({
    meaning:
      'what looks at each file before the agent or the room gets it: clamd by its address, or a command; empty: nothing',
    example: 'clamd://127.0.0.1:3310',
    ...always(''),
    parse: z.string().regex(/^$|^clamd:\/\/(\/.+|[^/:]+(:\d+)?)$|^exec:\/.+/, {
      message: 'is neither clamd://host:port, clamd:///path/of/socket nor exec:/path/of/program',
    }),
  }),
  SURFACES_KEEP_FILES: variable({
    meaning: 'how long the files of an archived room and of a cleared conversation are kept',
    example: '30d',
    ...always('30d'),
    parse: duration,
  }),
  SURFACES_CONCURRENCY: variable({
    meaning: 'jobs that one worker process runs at once',
    example: '100',
    ...always('100'),
    parse: count,
  }),
  SURFACES_SEND_RATE: variable({
    meaning: 'sends a second of the bot’s account, over all processes; 0: only the homeserver’s own answers slow it',
    example: '50',
    ...always('0'),
    parse: count,
  }),
  SURFACES_CATCH_UP_MESSAGES: variable({
    meaning: 'unanswered messages of a room that are still answered when the database was lost: the newest',
    example: '20',
    ...always('20'),
    parse: count,
  }),
  SURFACES_CATCH_UP_AGE: variable({
    meaning: 'how old a message may be to be answered still when the database was lost',
    example: '24h',
    ...always('24h'),
    parse: duration,
  }),
  SURFACES_LEASE: variable({
    meaning: 'how long a lane stays with a worker that is not heard of',
    example: '6s',
    ...always('6s'),
    parse: duration,
  }),
};

export type VariableName = keyof typeof VARIABLES;
export type ValueOf<Name extends VariableName> = (typeof VARIABLES)[Name] extends Variable<infer T> ? T : never;
