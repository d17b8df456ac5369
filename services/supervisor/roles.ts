import { join } from 'node:path';
import { readEnv } from '../../shared/config/read-env.ts';
import { SHUTDOWN_MS } from '../../shared/runtime/role.ts';
import type { Part } from '../../shared/stack/keeper.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { mainOf } from '../../shared/stack/roles-of-build.ts';
import type { StackHome } from '../../shared/stack/stack-home.ts';

/**
 * A young generation of 2 MiB: an idle role needs some 10 MB less (measured: 121 → 110 MB), at no cost that the bench shows,
 * since a turn's garbage is small.
 */
const NODE_OPTIONS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'];

/** More than a role's own deadline, after which it leaves what is not done to recovery. */
const GRACE_MS = SHUTDOWN_MS + 2_000;

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
  /** Whether a role that does not answer any more may be killed now; always, where nothing is given. */
  readonly mayEnd?: () => boolean;
};

/** A garbage collection or a busy machine holds a role up for a second or two: after three times five it is stuck. */
const LIVE = { everyMs: 5_000, misses: 3 };

/** A role as a part that is kept running. */
export function rolePart(
  process_: RoleProcess,
  { home, environment, choosePort, mayEnd = () => true }: RoleOptions,
): Part {
  const name = nameOf(process_);
  return {
    name,
    log: join(home.logs, `${name}.log`),
    stopSignal: 'SIGTERM',
    graceMs: graceOf(process_.role, environment),
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
    liveness: { ...LIVE, ask: (signal) => askLive(urlOf(process_), signal), mayEnd },
  };
}

/** From SIGTERM to SIGKILL, in milliseconds. */
function graceOf(role: string, environment: NodeJS.ProcessEnv): number {
  return role === 'agent-host' ? GRACE_MS + readEnv(environment, ['AGENT_DRAIN']).AGENT_DRAIN : GRACE_MS;
}

/** Whatever is answered shows that the event loop turns. */
async function askLive(url: string, signal: AbortSignal): Promise<void> {
  await (await fetch(`${url}/live`, { signal })).text();
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
