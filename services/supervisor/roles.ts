import { join } from 'node:path';
import type { Part } from '../../shared/stack/keeper.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { mainOf } from '../../shared/stack/roles-of-build.ts';
import type { StackHome } from '../../shared/stack/stack-home.ts';

/**
 * A young generation of 2 MiB: an idle role needs some 10 MB less (measured: 121 → 110 MB), at no cost that the bench shows,
 * since a turn's garbage is small.
 */
const NODE_OPTIONS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'];

/** `port` is where it listens since its last start. */
export type RoleProcess = { readonly role: string; readonly index: number; port: number };

export function nameOf({ role, index }: Pick<RoleProcess, 'role' | 'index'>): string {
  return `${role}-${index}`;
}

export function urlOf({ port }: RoleProcess): string {
  return `http://127.0.0.1:${port}`;
}

export type RoleOptions = {
  readonly home: StackHome;
  /** What the role's configuration is read from. */
  readonly environment: NodeJS.ProcessEnv;
  /** Asked before each start: a port that was free when it was chosen may be taken when the role gets there. */
  readonly choosePort: () => Promise<number>;
};

/** A role as a part that is kept running. */
export function rolePart(process_: RoleProcess, { home, environment, choosePort }: RoleOptions): Part {
  const name = nameOf(process_);
  return {
    name,
    log: join(home.logs, `${name}.log`),
    stopSignal: 'SIGTERM',
    graceMs: 10_000,
    command: async () => {
      process_.port = await choosePort();
      const env = {
        ...environment,
        SURFACES_INSTANCE: name,
        SURFACES_HTTP_HOST: '127.0.0.1',
        SURFACES_HTTP_PORT: String(process_.port),
      };
      return { file: process.execPath, args: [...NODE_OPTIONS, mainOf(process_.role)], cwd: PROJECT_ROOT, env };
    },
    problem: () => problemOf(urlOf(process_)),
  };
}

/** What `/ready` says, in words. */
async function problemOf(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) });
    if (response.ok) return undefined;
    const { reasons = [] } = (await response.json()) as { reasons?: { need: string; problem: string }[] };
    return reasons.map(({ need, problem }) => `${need}: ${problem}`).join('; ') || `/ready answers ${response.status}`;
  } catch {
    return 'does not answer yet';
  }
}
