import { randomUUID } from 'node:crypto';
import { lstat, rename, rmdir, unlink } from 'node:fs/promises';
import { entriesOf, errnoOf, type Folder, isNoFolder, openFolder } from './folder.ts';
import { workspacePath } from './layout.ts';
import { volumeProblem } from './volume-error.ts';

/** Folders within folders, each of which takes a handle. What lies deeper is moved up and comes later. */
const DEEPEST = 64;

/** How often a folder is emptied in which something new appears. */
const PASSES = 100;

/**
 * Removes a workspace with all that is in it. Links are removed, never followed, also those that an agent puts in place of a
 * folder at the same time: `rm -r` by paths could be led out that way. One that is gone is no error; nor is a repetition.
 * @throws SurfacesError `file_outside` for what is no session id; `volume_unwritable` without the volume, where a folder is
 * another’s and its modes do not allow it, or where the agent goes on writing.
 */
export async function removeWorkspace(agentsDir: string, workspace: string): Promise<void> {
  workspacePath(agentsDir, workspace);
  try {
    // AGENTS_DIR is the operator’s, who may have made it a link.
    await using volume = await openFolder(`${agentsDir}/.`);
    await removeTree(volume, Buffer.from(workspace));
  } catch (error) {
    throw volumeProblem(error, `the workspace ${workspace}`) ?? error;
  }
}

/**
 * Removes files of a folder that have not changed for `olderThanMs` milliseconds, for what killed attempts leave behind.
 * @param which `parts`: only unfinished ones, `.*.part`, as in an inbox; `all`: every file, as in `.outgoing`.
 * @returns how many. Folders stay, and so does what is beneath them; a missing folder has none.
 * @throws SurfacesError `volume_unwritable`.
 */
export async function removeOlder(
  folder: string,
  olderThanMs: number,
  which: 'parts' | 'all' = 'parts',
): Promise<number> {
  const before = Date.now() - olderThanMs;
  let removed = 0;
  try {
    await using opened = await openFolder(folder);
    for await (const { name, kind } of entriesOf(opened)) {
      if (kind === 'folder' || (which === 'parts' && !/^\..*\.part$/.test(name.toString('latin1')))) continue;
      try {
        if ((await lstat(opened.at(name))).mtimeMs >= before) continue;
        await unlink(opened.at(name));
        removed += 1;
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error;
      }
    }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw volumeProblem(error, 'old files of the shared volume') ?? error;
  }
  return removed;
}

async function removeTree(parent: Folder, name: Buffer, top?: Folder, depth = 0): Promise<void> {
  for (let pass = 1; ; pass += 1) {
    try {
      await using folder = await openFolder(parent.at(name));
      // A cache of modules is often read-only. It stays so where the agent owns it under another uid.
      await folder.handle.chmod(0o700).catch(() => undefined);
      await empty(folder, top ?? folder, depth);
    } catch (error) {
      if (!isNoFolder(error)) return ignoreGone(error);
      return await unlink(parent.at(name)).catch(ignoreGone);
    }
    try {
      return await rmdir(parent.at(name));
    } catch (error) {
      if (errnoOf(error) !== 'ENOTEMPTY' || pass === PASSES) return ignoreGone(error);
    }
  }
}

async function empty(folder: Folder, top: Folder, depth: number): Promise<void> {
  for await (const { name, kind } of entriesOf(folder)) {
    if (kind !== 'folder') await unlink(folder.at(name)).catch(ignoreGone);
    else if (depth < DEEPEST) await removeTree(folder, name, top, depth + 1);
    else await rename(folder.at(name), top.at(`.deep-${randomUUID()}`)).catch(ignoreGone);
  }
}

function ignoreGone(error: unknown): void {
  // EISDIR: a folder by now; the next pass finds it.
  if (!['ENOENT', 'EISDIR'].includes(errnoOf(error) ?? '')) throw error;
}
