import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { isAlive, type ProcessIdentity } from '../../shared/stack/process-identity.ts';
import { withProcessLock } from '../../shared/stack/process-lock.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { readStack } from '../../shared/stack/stack-file.ts';
import { makeHome, type StackHome, stackHome } from '../../shared/stack/stack-home.ts';
import { eventsFrom, readWanted, supervisorOf, writeWanted } from '../../shared/stack/supervisor-file.ts';
import { sleep } from '../../shared/time/time.ts';
import { stopStack } from './down.ts';
import { Progress } from './progress.ts';

const LOOK_MS = 100;
/** Between `spawn` and the supervisor’s first sign of life. */
const BEGIN_MS = 15_000;

/** `up [--scale role=n]… [--detach]`: idempotent. @returns 0 when every role is ready (or, in the foreground, was stopped well). */
export async function up(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { scale: { type: 'string', multiple: true }, detach: { type: 'boolean' } },
  });
  const scale = parseScale(values.scale ?? []);
  const home = stackHome(process.env);
  makeHome(home);
  const progress = new Progress(process.stdout);
  const seen = await withProcessLock(home.upLock, () => bring(home, scale, progress), {
    onWait: (owner) => progress.note(`another “up” of this stack is at work (pid ${owner}); waiting for it`),
  });
  if (seen === null) return 1;
  showWhere(home, progress);
  if (values.detach) return 0;
  progress.note('Ctrl-C stops the stack.');
  return stayInForeground(home, seen, progress);
}

/** @returns where the events that were shown end; null when it failed. */
async function bring(home: StackHome, scale: Record<string, number>, progress: Progress): Promise<number | null> {
  const running = supervisorOf(home);
  const wanted = { ...readWanted(home).scale, ...scale };
  const changed = JSON.stringify(wanted) !== JSON.stringify(readWanted(home).scale);
  if (running) {
    let { events, next } = eventsFrom(home, 0);
    const isUp = events.some(({ name, state }) => name === 'stack' && state === 'up');
    if (isUp && !changed) {
      progress.note(`the stack runs already (pid ${running.pid})`);
      return next;
    }
    if (isUp) {
      writeWanted(home, { scale: wanted });
      process.kill(running.pid, 'SIGHUP');
    } else next = 0;
    return follow(home, running, next, progress);
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
      env: { ...process.env, SURFACES_HOME: home.root },
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
        `the supervisor did not begin; see ${join(home.logs, 'supervisor.log')}`,
      );
    }
    await sleep(20);
  }
}

/** Shows events until the stack is up, or failed. */
async function follow(
  home: StackHome,
  supervisor: ProcessIdentity,
  from: number,
  progress: Progress,
): Promise<number | null> {
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
        return at;
      }
      if (event.state === 'failed') {
        progress.end();
        while (isAlive(supervisor)) await sleep(LOOK_MS);
        return null;
      }
    }
    if (!alive) {
      progress.end();
      progress.problem(`the supervisor ended before the stack was up; see ${join(home.logs, 'supervisor.log')}`);
      return null;
    }
    await sleep(LOOK_MS);
  }
}

async function stayInForeground(home: StackHome, from: number, progress: Progress): Promise<number> {
  const stop = new AbortController();
  process.on('SIGINT', () => stop.abort());
  process.on('SIGTERM', () => stop.abort());
  let at = from;
  while (!stop.signal.aborted) {
    const { events, next } = eventsFrom(home, at);
    at = next;
    for (const event of events) progress.show(event);
    if (!supervisorOf(home)) return 0;
    await sleep(LOOK_MS * 5, stop.signal);
  }
  progress.note('stopping');
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

function parseScale(pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const match = /^([a-z-]+)=(\d{1,3})$/.exec(pair);
      if (!match)
        throw new SurfacesError(
          'config_invalid',
          `--scale ${pair} is not role=number; for example --scale turn-worker=2`,
        );
      return [match[1]!, Number(match[2])];
    }),
  );
}
