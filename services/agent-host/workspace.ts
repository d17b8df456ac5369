import { mkdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { makeFolder } from '../../shared/volume/layout.ts';
import { Refusal } from './refusal.ts';

/**
 * The folder of a session, made if it is missing.
 * @param volume the shared volume. @param workspace relative to it.
 * @throws Refusal `path_outside_workspace` for a path, or a link, that leads out of the volume or into a folder of it that
 * begins with a dot, as the host's own does.
 */
export async function makeWorkspace(volume: string, workspace: string): Promise<string> {
  const path = inside(volume, workspace);
  const isForSessions = (way: string) => way !== '' && !way.startsWith('.');
  const refuse = () => new Refusal('path_outside_workspace', `${workspace} is not a folder for a session`);
  if (!isForSessions(relative(normalize(volume), path))) throw refuse();
  await mkdir(dirname(path), { recursive: true });
  await makeFolder(path).catch((error: NodeJS.ErrnoException) => {
    // A link is judged by where it leads.
    if (error.code !== 'ENOTDIR' && error.code !== 'ELOOP') throw error;
  });
  const [root, target] = await Promise.all([realpath(volume), resolveInside(volume, workspace)]);
  if (!isForSessions(relative(root, target))) throw refuse();
  return target;
}

/**
 * The real path of something that exists in a workspace.
 * @throws Refusal `path_outside_workspace`, also for links that lead out of it; what `realpath` throws where nothing is there.
 */
export async function resolveInside(workspace: string, path: string): Promise<string> {
  const [root, target] = await Promise.all([realpath(workspace), realpath(inside(workspace, path))]);
  if (target !== root && !target.startsWith(root + sep)) throw outside(path);
  return target;
}

/** The path by its name alone, which need not exist. @throws Refusal `path_outside_workspace`. */
export function inside(workspace: string, path: string): string {
  const target = join(workspace, path);
  const way = relative(workspace, target);
  if (path.includes('\0') || isAbsolute(path) || path.split(/[\\/]/).includes('..') || way.startsWith('..'))
    throw outside(path);
  return target;
}

function outside(path: string): Refusal {
  return new Refusal('path_outside_workspace', `${JSON.stringify(path)} leads out of the workspace`);
}
