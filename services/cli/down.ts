import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lookAtEnv } from '../../shared/config/read-env.ts';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { endProcess } from '../../shared/stack/end-process.ts';
import { clearLeftovers } from '../../shared/stack/leftovers.ts';
import { removeStack } from '../../shared/stack/stack-file.ts';
import { isOurs, type StackHome, stackHome } from '../../shared/stack/stack-home.ts';
import { supervisorOf } from '../../shared/stack/supervisor-file.ts';

/** Roles hand over their turns, Postgres writes its checkpoint; then it is enough. Beside what the agent host may drain. */
const GRACE_MS = 45_000;

/** `down [--purge]`: stops this stack, and only it. Nothing running is no error. */
export async function down(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { purge: { type: 'boolean' } } });
  const home = stackHome(process.env);
  if (!isOurs(home)) {
    throw new SurfacesError(
      'config_invalid',
      `${home.root} is no home of a stack, and is left alone; check SURFACES_HOME`,
    );
  }
  const stopped = await stopStack(home);
  process.stdout.write(stopped ? 'stopped\n' : 'nothing was running\n');
  if (values.purge) {
    process.stdout.write(existsSync(home.root) ? `removed ${home.root}\n` : 'nothing to remove\n');
    rmSync(home.root, { recursive: true, force: true });
  }
  return 0;
}

/** @returns whether anything ran. */
export async function stopStack(home: StackHome): Promise<boolean> {
  const supervisor = supervisorOf(home);
  const drainMs = lookAtEnv(process.env, ['AGENT_DRAIN']).values.AGENT_DRAIN ?? 0;
  if (supervisor) await endProcess(supervisor, 'SIGTERM', GRACE_MS + drainMs);
  // What a supervisor that was killed has left behind.
  const left = existsSync(home.run) && readdirSync(home.run).length > 0 ? await clearLeftovers(home) : [];
  removeStack(home);
  rmSync(join(home.run, 'supervisor.json'), { force: true });
  return supervisor !== undefined || left.length > 0;
}
