import { type FileHandle, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { errnoOf, type Folder, openFolder } from './folder.ts';

/** Where people’s files go, and where agents are advised to put theirs. */
export const INBOX = 'inbox';
export const OUTBOX = 'outbox';

/**
 * The modes. The agent may run under another uid and shares a group with the bot; the setgid bit gives everything made in a
 * folder the folder’s group, at any depth and by whomever. Nobody else has access, and nothing is executable.
 */
export const FOLDER_MODE = 0o2770;
export const FILE_MODE = 0o660;
/** For what the agent is not to touch. */
export const PRIVATE_FOLDER_MODE = 0o2700;
export const PRIVATE_FILE_MODE = 0o600;

/** A session id, which is one name: no path, no dot file (those are the volume’s own), no option of a command. */
const WORKSPACE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** The folder of a session, which need not exist. @throws SurfacesError `file_outside` for what is no session id. */
export function workspacePath(agentsDir: string, workspace: string): string {
  if (!WORKSPACE.test(workspace))
    throw new SurfacesError('file_outside', `${JSON.stringify(workspace.slice(0, 80))} is no name of a workspace`);
  return join(agentsDir, workspace);
}

/** Where copies of offered files lie until they are sent. Make it by `makeFolder(…, PRIVATE_FOLDER_MODE)`. */
export function outgoingFolder(agentsDir: string): string {
  return join(agentsDir, '.outgoing');
}

/**
 * Makes a folder, or sets the mode of one that is there. Only the last part of the path: a volume that is not mounted is
 * to be noticed, not replaced.
 * @throws errno: ENOENT without the folder above, ENOTDIR or ELOOP where a link or something else has the name.
 */
export async function makeFolder(path: string, mode = FOLDER_MODE): Promise<void> {
  await using _ = await enterFolder(path, mode);
}

/** `makeFolder` that keeps the folder open, so that nobody can put another in its place. */
export async function enterFolder(path: string | Buffer, mode = FOLDER_MODE): Promise<Folder> {
  await mkdir(path, mode & 0o777).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  const folder = await openFolder(path);
  try {
    await setMode(folder.handle, mode);
  } catch (error) {
    await folder.handle.close();
    throw error;
  }
  return folder;
}

/** Sets a mode by the handle, since `chmod` by path follows links, and after the fact, since umask cuts what `open` is told. */
export async function setMode(handle: FileHandle, mode: number): Promise<void> {
  if (((await handle.stat()).mode & 0o7777) === mode) return;
  await handle.chmod(mode).catch((error: unknown) => {
    // The agent made it: its modes are its owner’s affair, and whether they suffice shows when it is used.
    if (errnoOf(error) !== 'EPERM') throw error;
  });
}
