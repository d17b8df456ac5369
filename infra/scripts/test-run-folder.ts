import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { readJson, writeJson } from '../../shared/stack/atomic-file.ts';
import { endProcess } from '../../shared/stack/end-process.ts';
import { clearLeftovers } from '../../shared/stack/leftovers.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../../shared/stack/process-identity.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { makeHome, type StackHome, stackHome } from '../../shared/stack/stack-home.ts';
import { supervisorOf } from '../../shared/stack/supervisor-file.ts';
import { memoryFolder } from './memory-folder.ts';

const ON_DISK = join(PROJECT_ROOT, '.surfaces-test');
const memory = memoryFolder();
/** In memory where it can be: a stack waits for its disk at each message, and several of them for each other. */
const RUNS = memory === undefined ? ON_DISK : join(memory, `surfaces-test-${userInfo().uid}`);
/** How a later run knows that a folder's run is over. */
const OWNER = 'owner.json';
const STACK_GRACE_MS = 30_000;

/** Where a run keeps its servers' data, and where its tests put what is temporary, whole stacks among it. */
export type RunFolder = { readonly home: StackHome; readonly temporary: string };

export function makeRunFolder(): RunFolder {
  const run = runFolder(`${process.pid}-${randomBytes(3).toString('hex')}`);
  makeHome(run.home);
  mkdirSync(run.temporary);
  writeJson(join(run.home.root, OWNER), identityOf(process.pid));
  return run;
}

/** Ends what runs that were killed have left, and removes their folders. */
export async function clearRunsThatAreOver(): Promise<void> {
  for (const runs of new Set([ON_DISK, RUNS])) await clearThoseIn(runs);
}

async function clearThoseIn(runs: string): Promise<void> {
  mkdirSync(runs, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(runs)) {
    const run = runFolder(name, runs);
    const owner = readJson<ProcessIdentity>(join(run.home.root, OWNER));
    // A run that has not signed yet is a few milliseconds old, or was killed in them and has started nothing.
    if (owner && !isAlive(owner)) await clearRun(run);
  }
}

/** Ends every server and every stack of a run, and removes its folder. */
export async function clearRun(run: RunFolder): Promise<void> {
  await clearLeftovers(run.home);
  await Promise.all(
    stacksOf(run).map(async (home) => {
      const supervisor = supervisorOf(home);
      if (supervisor) await endProcess(supervisor, 'SIGTERM', STACK_GRACE_MS);
      await clearLeftovers(home);
    }),
  );
  rmSync(run.home.root, { recursive: true, force: true });
}

/** The same where there is no time to wait: asks the stacks to stop; the next run removes what is left. */
export function leaveRun(run: RunFolder, servers: readonly (number | undefined)[]): void {
  const supervisors = stacksOf(run).map((home) => supervisorOf(home)?.pid);
  for (const [pids, signal] of [
    [servers, 'SIGKILL'],
    [supervisors, 'SIGTERM'],
  ] as const) {
    for (const pid of pids) if (pid !== undefined) process.kill(pid, signal);
  }
}

function runFolder(name: string, runs = RUNS): RunFolder {
  const root = join(runs, name);
  return { home: stackHome({ SURFACES_HOME: root }), temporary: join(root, 'tmp') };
}

function stacksOf({ temporary }: RunFolder): StackHome[] {
  if (!existsSync(temporary)) return [];
  const homes = readdirSync(temporary).map((name) => stackHome({ SURFACES_HOME: join(temporary, name) }));
  return homes.filter(({ run }) => existsSync(run));
}
