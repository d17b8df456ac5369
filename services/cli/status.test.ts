import { afterEach, expect, test, vi } from 'vitest';
import { tellEvent } from '../../shared/stack/supervisor-file.ts';
import { status } from './status.ts';
import { testHome } from './test-home.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('a role that ended and is not there again is named, though no process of it could be asked', async () => {
  const { SURFACES_HOME, home } = testHome();
  tellEvent(home, { name: 'redis', state: 'ended', detail: 'SIGKILL' });
  tellEvent(home, { name: 'redis', state: 'working' });
  tellEvent(home, { name: 'agent-host-1', state: 'backing-off', detail: 'SIGKILL', ms: 30_000 });
  vi.stubEnv('SURFACES_HOME', SURFACES_HOME);
  const said: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);

  expect(await status([])).toBe(1);
  expect(said.join('')).toMatch(/^ {2}✗ agent-host-1 {9}SIGKILL: it ended five times within a minute.*\n$/);
});
