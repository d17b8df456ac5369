import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Stack, writeStack } from '../../shared/stack/stack-file.ts';
import { makeHome, stackHome } from '../../shared/stack/stack-home.ts';
import { environmentOfStack } from './settings-of-stack.ts';

const SURFACES_HOME = join(mkdtempSync(join(tmpdir(), 'surfaces-')), 'home');
const home = stackHome({ SURFACES_HOME });
makeHome(home);
writeStack(home, {
  homeserver: { url: 'http://stack', server_name: 'stack' },
  bot: { user_id: '@surfaces:stack' },
  people: [],
  database_url: 'postgres://stack/a',
  redis_url: 'redis://stack',
  agents_dir: '/stack',
  agent: { url: 'ws://stack', token: 'stack' },
  roles: [],
} satisfies Stack);

test('a stack adds what is not set otherwise, be it in a file', () => {
  const given = {
    SURFACES_HOME,
    DATABASE_URL_FILE: '/run/secrets/database',
    REDIS_URL: 'redis://mine',
    AGENTS_DIR: '',
  };
  const found = environmentOfStack(given);
  expect(found).toMatchObject({ REDIS_URL: 'redis://mine', AGENT_URL: 'ws://stack', AGENTS_DIR: '/stack' });
  expect(found.DATABASE_URL).toBeUndefined();
});
