import { type BigIntStats, constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { outside } from './offered-path.ts';
import { READ_SAFELY, type RestingFile, refuseOthers, restingState } from './plain-file.ts';

/**
 * `openResting` for systems without `/proc/self/fd`: looks at each part of the path before and after, and at what was opened.
 * Refuses the same, but an agent that exchanges folders at the right moments gets around it: for development only.
 * @throws as `openBeneath` does, or errno.
 */
export async function openByPath(root: string, path: string, parts: readonly string[]): Promise<RestingFile> {
  const top = join(await realpath(dirname(root)), basename(root));
  const look = () => lookAt(top, path, parts);
  refuseOthers(path, await look());
  const file = await open(join(top, ...parts), READ_SAFELY | constants.O_NOFOLLOW);
  try {
    return { file, state: await restingState(path, file, look) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What the path leads to, if there is no link in any part of it. */
async function lookAt(top: string, path: string, parts: readonly string[]): Promise<BigIntStats> {
  for (let depth = 0; depth < parts.length; depth += 1) {
    const stats = await lstat(join(top, ...parts.slice(0, depth)));
    if (!stats.isDirectory()) throw outside(path, 'leads through a link, or through something that is no folder');
  }
  return lstat(join(top, ...parts), { bigint: true });
}
