import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AcpSettings } from '../acp-settings.ts';

/** The whole environment of an agent's process: nothing of the host's own but where programs are. */
export function agentEnvironment({ env, home }: Pick<AcpSettings, 'env' | 'home'>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    TMPDIR: tmpdir(),
    TERM: 'dumb',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    ...env,
  };
}
