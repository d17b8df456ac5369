import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeWorkspace } from '../../../shared/volume/remove-workspace.ts';

/** Names that this product gives: workspaces by their session (`ensure-room.ts`), the agent host's folder, copies on their way out. */
const WORKSPACE = /^chat-[0-9a-v]{26}$/;
const OTHERS: ReadonlySet<string> = new Set(['.host', '.outgoing']);

export type OwnFiles = {
  readonly workspaces: readonly string[];
  /** The agent host's memory and unfinished copies. */
  readonly folders: readonly string[];
  /** What is not ours and stays. */
  readonly foreign: readonly string[];
};

/** What lies in AGENTS_DIR, by its name. A folder that is not there holds nothing. */
export async function ownFiles(agentsDir: string): Promise<OwnFiles> {
  const entries = await readdir(agentsDir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const workspaces = names.filter((name) => WORKSPACE.test(name)).sort();
  const folders = names.filter((name) => OTHERS.has(name)).sort();
  const ours = new Set([...workspaces, ...folders]);
  return { workspaces, folders, foreign: entries.map(({ name }) => name).filter((name) => !ours.has(name)) };
}

/** Removes what is ours. The folder itself stays, and so does whatever else lies in it. Links are removed, never followed. */
export async function removeOwnFiles(agentsDir: string, files: OwnFiles, signal: AbortSignal): Promise<void> {
  // The host's folder first: a session that it knows without its files would be worse than files that no session knows.
  for (const name of files.folders) {
    signal.throwIfAborted();
    await rm(join(agentsDir, name), { recursive: true, force: true });
  }
  for (const name of files.workspaces) {
    signal.throwIfAborted();
    await removeWorkspace(agentsDir, name);
  }
}
