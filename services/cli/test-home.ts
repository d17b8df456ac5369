import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, writeStack } from '../../shared/stack/stack-file.ts';
import { makeHome, stackHome } from '../../shared/stack/stack-home.ts';

/** For tests: a home with a `stack.json` in it, as of a stack that is up; nothing runs. */
export function testHome() {
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
  return { SURFACES_HOME, home };
}
