import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { descend, errnoOf, isNoFolder, PINS_FOLDERS } from './folder.ts';
import { outside, partsOf, unavailable } from './offered-path.ts';
import { openByPath } from './open-by-path.ts';
import { READ_SAFELY, type RestingFile, refuseOthers, restingState } from './plain-file.ts';

/**
 * Linux: a handle on whatever has the name, without opening it. Opening is an act: a FIFO waits for its other end, a tape
 * rewinds, a terminal takes over. Node has no name for it; the number is that of all platforms that Node runs on.
 */
const O_PATH = 0o10000000;

/**
 * Opens a regular file of a workspace for reading, although who owns the workspace may exchange any part of the path at any
 * moment: each part is opened in the folder that is already open, no link is ever followed, and what is checked is what is
 * then read, the same inode. Folders above `root` may be reached by links; `root` itself is a workspace, in a folder that
 * agents write, and may be none. (A root of the operator’s own: add `/.`.) Takes 20 ms longer for a file that was written in
 * the last two seconds.
 * @param root a workspace, which exists. @param path relative, `/` between its parts.
 * @returns a handle, the caller’s to close.
 * @throws SurfacesError `file_outside` for `..`, an absolute path, links, hard links, devices, FIFOs, sockets, folders;
 * `file_unavailable` where nothing is there or may not be read; `file_changed` for a file that is being written all the time.
 * Messages are for the agent’s developer.
 */
export async function openBeneath(root: string, path: string): Promise<FileHandle> {
  return (await openResting(root, path)).file;
}

/** `openBeneath`, with the state that later changes can be told by. */
export async function openResting(root: string, path: string): Promise<RestingFile> {
  const parts = partsOf(path);
  try {
    return PINS_FOLDERS ? await openPinned(root, path, parts) : await openByPath(root, path, parts);
  } catch (error) {
    throw refusalOf(error, path);
  }
}

async function openPinned(root: string, path: string, parts: readonly string[]): Promise<RestingFile> {
  await using folder = await descend(root, parts.slice(0, -1));
  const name = folder.at(parts.at(-1)!);
  await using found = await open(name, O_PATH | constants.O_NOFOLLOW);
  refuseOthers(path, await found.stat({ bigint: true }));
  // The one link that is followed, the kernel’s own, to the inode that was just looked at.
  const file = await open(`/proc/self/fd/${found.fd}`, READ_SAFELY);
  try {
    return { file, state: await restingState(path, file, () => lstat(name, { bigint: true })) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function refusalOf(error: unknown, path: string): unknown {
  if (error instanceof SurfacesError) return error;
  if (isNoFolder(error)) return outside(path, 'leads through a link, or through something that is no folder');
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENAMETOOLONG':
      return unavailable(path, 'is not in the workspace', error);
    case 'EACCES':
    case 'EPERM':
      return unavailable(path, 'may not be read by the bot; give its group the right to', error);
    case 'EIO':
    case 'ESTALE':
      return unavailable(path, 'cannot be read from the disk', error);
    case 'ENXIO':
    case 'ENODEV':
      return outside(path, 'is a device, a FIFO or a socket; offer a file');
    default:
      return error;
  }
}
