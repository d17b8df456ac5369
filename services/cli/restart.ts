import { parseArgs } from 'node:util';
import { readEnv } from '../../shared/config/read-env.ts';
import { describe, SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { identityOf, isAlive } from '../../shared/stack/process-identity.ts';
import { type RunningRole, readStack } from '../../shared/stack/stack-file.ts';
import { type StackHome, stackHome } from '../../shared/stack/stack-home.ts';
import { eventsFrom, type StackEvent, supervisorOf } from '../../shared/stack/supervisor-file.ts';
import { openDatabase } from '../../shared/store/postgres.ts';
import { sleep } from '../../shared/time/time.ts';
import { asOperator } from './as-operator.ts';
import { Progress } from './progress.ts';
import { environmentOfStack } from './settings-of-stack.ts';
import { UsageError } from './usage-error.ts';

/** What `surfaces restart --help` adds. */
export const RESTART_HELP = `
Ends processes of the running stack with SIGTERM, and waits until their successors are ready. Answers that stream are handed
over and go on in the same message; of a role that runs once, work waits until it is back. The agent host lets its turns go on
for AGENT_DRAIN first.

  role                only the processes of this role; without it, of all
  --rolling           one process after the other, each only when the one before is ready again; ends at the first that is not

Exit codes: 0 all are ready · 1 one is not, or no stack runs · 64 wrong usage
`;

/** Those that the others need come last; a standby of ingress has to be there when the active one goes. */
const ORDER = [
  'reconcile-worker',
  'command-worker',
  'attachment-worker',
  'turn-worker',
  'ingress',
  'ops',
  'agent-host',
];
const LOOK_MS = 50;
/** From a process’s end until its successor is ready. */
const READY_MS = 60_000;

/** `restart [role] [--rolling]`. @returns 0 when every process has a successor that is ready. */
export async function restart(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { rolling: { type: 'boolean' } },
    allowPositionals: true,
  });
  const home = stackHome(process.env);
  const running = supervisorOf(home) && readStack(home)?.roles;
  if (!running) {
    process.stdout.write(`No stack runs in ${home.root}. Start it with: npm run up\n`);
    return 1;
  }
  const chosen = choose(running, positionals);
  const progress = new Progress(process.stdout);
  const work = async () => {
    if (values.rolling) for (const role of chosen) await restartOne(home, role, progress);
    else await Promise.all(chosen.map((role) => restartOne(home, role, progress)));
  };
  try {
    await inAudit(positionals[0] ?? 'all roles', values.rolling ?? false, work);
    return 0;
  } catch (error) {
    if (!(error instanceof SurfacesError)) throw error;
    progress.problem(error.message);
    return 1;
  } finally {
    progress.end();
  }
}

/** Written down where the record can be reached; where it cannot, a restart may be just what is needed. */
async function inAudit(subject: string, rolling: boolean, work: () => Promise<void>): Promise<void> {
  const env = readEnv(environmentOfStack(process.env), ['DATABASE_URL', 'SURFACES_NAMESPACE']);
  const options = { namespace: env.SURFACES_NAMESPACE, max: 1, applicationName: 'surfaces restart' };
  const database = openDatabase(env.DATABASE_URL, options);
  let begun = false;
  try {
    await asOperator(database, { act: 'restart', subject, details: { rolling } }, async () => {
      begun = true;
      await work();
      return { state: 'done', text: 'all have successors that are ready' };
    });
  } catch (error) {
    if (begun) throw error;
    process.stderr.write(`surfaces: this restart will not stand in the audit: ${describe(error)}\n`);
    await work();
  } finally {
    await database.close();
  }
}

/** @throws UsageError where there is no such role. */
function choose(running: readonly RunningRole[], [name, ...more]: readonly string[]): RunningRole[] {
  const names = [...new Set(running.map(({ role }) => role))];
  if (more.length > 0) throw new UsageError(`restart takes one role, and was given ${more.length + 1}`);
  if (name !== undefined && !names.includes(name))
    throw new UsageError(`no “${name}” runs in this stack. These do: ${names.join(', ')}`);
  return running
    .filter(({ role }) => name === undefined || role === name)
    .toSorted((one, other) => ORDER.indexOf(one.role) - ORDER.indexOf(other.role) || one.index - other.index);
}

/** @throws SurfacesError `bringup_failed` where it has no successor that is ready in time. */
async function restartOne(home: StackHome, { role, index, pid }: RunningRole, progress: Progress): Promise<void> {
  const name = `${role}-${index}`;
  const began = Date.now();
  const mine = (event: StackEvent) => event.name === name;
  const show = (state: StackEvent['state'], detail: string, ms?: number) =>
    progress.show({ at: '', name, state, detail, ...(ms !== undefined && { ms }) });
  let at = eventsFrom(home, 0).next;
  const old = identityOf(pid);
  show('working', `pid ${pid} is asked to stop`);
  if (old) process.kill(pid, 'SIGTERM');
  for (let endedAt = began; Date.now() - endedAt < READY_MS; await sleep(LOOK_MS)) {
    // How long it may take to stop is its own concern.
    if (old && isAlive(old)) endedAt = Date.now();
    const { events, next } = eventsFrom(home, at);
    at = next;
    for (const event of events.filter(mine)) {
      const { state, detail = '' } = event;
      if (state === 'ready' && event.pid !== pid) return show('ready', `pid ${event.pid}, ready`, Date.now() - began);
      if (state === 'needs-operator') throw new SurfacesError('bringup_failed', `${name} needs you: ${detail}`);
      if (state === 'backing-off') progress.show(event);
    }
    if (!supervisorOf(home)) throw new SurfacesError('bringup_failed', `the stack was stopped while ${name} restarted`);
  }
  throw new SurfacesError(
    'bringup_failed',
    `${name} ended, and is not ready again after ${READY_MS / 1000} s. Its log: ${home.logs}/${name}.log`,
  );
}
