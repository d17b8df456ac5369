import { existsSync } from 'node:fs';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { withProcessLock } from '../../shared/stack/process-lock.ts';
import { isOurs, makeHome, type StackHome } from '../../shared/stack/stack-home.ts';

/** While the lock of `up` is held, nobody brings this stack up; where there is no home, there is nobody to do so. */
export async function inHome(
  home: StackHome,
  work: (home: StackHome) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (!isOurs(home))
    throw new SurfacesError('config_invalid', `${home.root} is no home of a stack; check SURFACES_HOME`);
  if (!existsSync(home.root)) return work(home);
  makeHome(home);
  const onWait = (owner: number) =>
    process.stderr.write(`waiting for another command that has the lock of this stack (pid ${owner})\n`);
  await withProcessLock(home.upLock, () => work(home), { signal, onWait });
}
