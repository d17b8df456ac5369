import { text, token, url, variable } from './variable.ts';

/** Where everything is that surfaces works with, and how it gets in. */
export const SERVER_VARIABLES = {
  DATABASE_URL: variable({
    meaning: 'Postgres, the record',
    example: 'postgres://surfaces:change-me@db:5432/surfaces',
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
    meaning: 'the bot’s access token, from a login, so that it has a device (docs/OPERATIONS.md)',
    example: 'syt_…',
    secret: true,
    parse: token,
  }),
  AGENT_URL: variable({ meaning: 'the agent host', example: 'ws://agent-host:7700', parse: url('ws:', 'wss:') }),
  AGENT_TOKEN: variable({
    meaning: 'the token that the agent host asks for',
    example: 'a long random text',
    secret: true,
    parse: token,
  }),
  AGENTS_DIR: variable({
    meaning: 'the shared volume of the rooms’ workspaces',
    example: '/agents',
    parse: text,
  }),
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
};
