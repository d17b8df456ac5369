import { expect, test } from 'vitest';
import { environmentOfStack } from './settings-of-stack.ts';
import { testHome } from './test-home.ts';

const { SURFACES_HOME } = testHome();

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
