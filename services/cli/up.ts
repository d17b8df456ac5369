import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withFilesRead } from '../../shared/config/given-value.ts';
import { PROCESS_VARIABLES } from '../../shared/config/process-variables.ts';
import { configInvalid, problemsOfStack } from '../../shared/config/read-env.ts';
import { SERVER_VARIABLES } from '../../shared/config/server-variables.ts';
import { unknownVariables } from '../../shared/config/unknown-variables.ts';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { lastLines } from '../../shared/stack/log-file.ts';
import { isAlive, type ProcessIdentity } from '../../shared/stack/process-identity.ts';
import { withProcessLock } from '../../shared/stack/process-lock.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { rolesThatScale } from '../../shared/stack/roles-of-build.ts';
import { readStack } from '../../shared/stack/stack-file.ts';
import { makeHome, type StackHome, stackHome } from '../../shared/stack/stack-home.ts';
import { eventsFrom, readWanted, supervisorOf, writeWanted } from '../../shared/stack/supervisor-file.ts';
import { sleep } from '../../shared/time/time.ts';
import { stopStack } from './down.ts';
import { parseScale } from './parse-scale.ts';
import { Progress } from './progress.ts';

/** What the supervisor reads, and hands to roles in its own words. */
const HANDED_ON = Object.keys({ ...SERVER_VARIABLES, ...PROCESS_VARIABLES });
const LOOK_MS = 100;
/** Two signals within it are one wish. */
const AGAIN_MS = 500;
/** Between `spawn` and the supervisor’s first sign of life. */
const BEGIN_MS = 15_000;

/** `up [--scale role=n]… [--detach]`: idempotent. @returns 0 when every role is ready (or, in the foreground, was stopped well). */
export async function up(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { scale: { type: 'string', multiple: true }, detach: { type: 'boolean' } },
  });
  const scale = parseScale(values.scale ?? [], rolesThatScale());
  const progress = new Progress(process.stdout);
  for (const detail of unknownVariables(process.env)) progress.warning('settings', detail);
  // In production nothing is embedded: what is missing is named, all at once.
  const problems = problemsOfStack(process.env);
  if (problems.length > 0) throw configInvalid(problems);
  const home = stackHome(process.env);
  makeHome(home);
  const seen = await withProcessLock(home.upLock, () => bring(home, scale, progress), {
    onWait: (owner) => progress.note(`another “up” of this stack is at work (pid ${owner}); waiting for it`),
  });
  if ('exit' in seen) return seen.exit;
  showWhere(home, progress);
  if (values.detach) return 0;
  progress.note('Ctrl-C stops the stack.');
  return stayInForeground(home, seen.at, progress);
}

/** Where the events that were shown end, or with which exit code it failed. */
type Brought = { readonly at: number } | { readonly exit: number };

async function bring(home: StackHome, scale: Record<string, number>, progress: Progress): Promise<Brought> {
  const running = supervisorOf(home);
  const wanted = { ...readWanted(home).scale, ...scale };
  const changed = JSON.stringify(wanted) !== JSON.stringify(readWanted(home).scale);
  if (running) {
    let { events, next } = eventsFrom(home, 0);
    const isUp = events.some(({ name, state }) => name === 'stack' && state === 'up');
    if (isUp && !changed) {
      progress.note(`the stack runs already (pid ${running.pid})`);
      return { at: next };
    }
    if (isUp) {
      writeWanted(home, { scale: wanted });
      process.kill(running.pid, 'SIGHUP');
    } else next = 0;
    return follow(home, running, next, progress, isUp);
  }
  writeWanted(home, { scale: wanted });
  return follow(home, await beginSupervisor(home), 0, progress);
}

async function beginSupervisor(home: StackHome): Promise<ProcessIdentity> {
  const log = openSync(join(home.logs, 'supervisor.log'), 'a', 0o600);
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(PROJECT_ROOT, 'services/supervisor/main.ts')],
    {
      cwd: PROJECT_ROOT,
      env: { ...withFilesRead(process.env, HANDED_ON), SURFACES_HOME: home.root },
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  child.unref();
  const deadline = Date.now() + BEGIN_MS;
  for (;;) {
    const identity = supervisorOf(home);
    if (identity && identity.pid === child.pid) return identity;
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new SurfacesError(
        'bringup_failed',
        `the supervisor did not begin. ${lastLines(join(home.logs, 'supervisor.log'))}`,
      );
    }
    await sleep(20);
  }
}

/** Shows events until the stack is up, or failed; it then ends, unless it `goesOn`, having been up before. */
async function follow(
  home: StackHome,
  supervisor: ProcessIdentity,
  from: number,
  progress: Progress,
  goesOn = false,
): Promise<Brought> {
  let at = from;
  for (;;) {
    const alive = isAlive(supervisor);
    const { events, next } = eventsFrom(home, at);
    at = next;
    for (const event of events) {
      progress.show(event);
      if (event.name !== 'stack') continue;
      if (event.state === 'up') {
        progress.end();
        return { at };
      }
      if (event.state === 'failed') {
        progress.end();
        while (!goesOn && isAlive(supervisor)) await sleep(LOOK_MS);
        return { exit: event.exit ?? 1 };
      }
    }
    if (!alive) {
      progress.end();
      progress.problem('the supervisor ended before the stack was up');
      progress.problem(lastLines(join(home.logs, 'supervisor.log')));
      return { exit: 1 };
    }
    await sleep(LOOK_MS);
  }
}

async function stayInForeground(home: StackHome, from: number, progress: Progress): Promise<number> {
  const stop = new AbortController();
  let askedAt = 0;
  const onSignal = () => {
    // Ctrl-C may come twice, from the terminal and from npm.
    const again = stop.signal.aborted && performance.now() - askedAt > AGAIN_MS;
    if (!stop.signal.aborted) askedAt = performance.now();
    stop.abort();
    const supervisor = again && supervisorOf(home);
    if (supervisor) process.kill(supervisor.pid, 'SIGTERM');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  let at = from;
  while (!stop.signal.aborted) {
    const { events, next } = eventsFrom(home, at);
    at = next;
    for (const event of events) progress.show(event);
    if (!supervisorOf(home)) return 0;
    await sleep(LOOK_MS * 5, stop.signal);
  }
  progress.note('stopping; Ctrl-C again does not wait for what runs');
  await stopStack(home);
  return 0;
}

function showWhere(home: StackHome, progress: Progress): void {
  const stack = readStack(home);
  if (!stack) return;
  const lines: [string, string][] = [
    ['homeserver', `${stack.homeserver.url} (${stack.homeserver.server_name})`],
    ['bot', stack.bot.user_id],
    ...stack.people.map(({ user_id, password }): [string, string] => ['log in as', `${user_id}, password ${password}`]),
    ...(stack.ops
      ? [['operator', `${stack.ops.url}, user ${stack.ops.user}, password ${stack.ops.password}`] as [string, string]]
      : []),
    ['logs', home.logs],
  ];
  progress.table(lines);
}
