import { type Folder, openFolder } from '../../../shared/volume/folder.ts';
import { enterFolder } from '../../../shared/volume/layout.ts';

/**
 * Opens a folder of a workspace, although who owns the workspace may exchange any part of the way at any moment: each folder is
 * opened in the one that is already open, and none may be a link, the workspace itself included. What is open stays this folder,
 * whatever is put in its place.
 * @param names of the folders on the way, as `folderPath` gives them; none for the workspace.
 * @returns the caller’s to dispose of.
 * @throws errno: ENOTDIR or ELOOP for a link and for what is no folder; ENOENT, EACCES.
 */
export async function openFolderBeneath(workspace: string, names: readonly string[]): Promise<Folder> {
  return descend(workspace, names, openFolder);
}

/** `openFolderBeneath` that makes what is missing; folders of ours get mode 2770, also those that were there. */
export async function makeFolderBeneath(workspace: string, names: readonly string[]): Promise<Folder> {
  return descend(workspace, names, enterFolder);
}

async function descend(
  workspace: string,
  names: readonly string[],
  enter: (path: string | Buffer) => Promise<Folder>,
): Promise<Folder> {
  let folder = await openFolder(workspace);
  for (const name of names) {
    await using above = folder;
    folder = await enter(above.at(name));
  }
  return folder;
}
