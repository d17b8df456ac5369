import { createHash, randomBytes } from 'node:crypto';
import { readdir, unlink } from 'node:fs/promises';
import { nameWithoutClash } from './claim-name.ts';
import type { Folder } from './folder.ts';
import { enterFolder, FILE_MODE, INBOX } from './layout.ts';
import { PartFile, type Written } from './part-file.ts';
import { safeName } from './safe-name.ts';
import { volumeProblem } from './volume-error.ts';

/** A person’s file on its way into the inbox. One call at a time; ends with `settle` or `abandon`, which release it. */
export type IncomingFile = {
  /** Where this process and its children can read what was written, to look at it before it settles. Not a path for others. */
  readonly partPath: string;
  /** Any number of bytes, in order, which nobody changes meanwhile. After it threw, the file is abandoned. */
  write(...chunks: readonly Uint8Array[]): Promise<void>;
  /** Gives it its name and makes it visible, whole and at once. @returns its path in the workspace, `inbox/<name>`. */
  settle(name: string): Promise<Written & { readonly path: string }>;
  /** Takes it away. In a `finally`: it does nothing after `settle`. Never throws. */
  abandon(): Promise<void>;
};

/**
 * Begins to write a file into a workspace’s inbox; makes both folders if they are missing.
 *
 * Whoever tries again with the same key starts over: what an attempt that was killed left is removed, not continued, since it
 * may already have its name and be read. Should the earlier attempt be alive after all, it fails at `settle`; it cannot mix
 * its bytes into ours. `settle` never overwrites: a name that is taken gets a number, and a file with the very same bytes
 * under the name is taken for our own, of an attempt whose record was lost.
 * @param workspaceFolder from `workspacePath`. The folder above it exists.
 * @param key names the file, the same in each attempt: the id of the event.
 * @throws SurfacesError `volume_full`, `volume_unwritable`; the latter also where the agent has made the inbox a link.
 */
export async function beginIncoming(workspaceFolder: string, key: string): Promise<IncomingFile> {
  const inbox = await openInbox(workspaceFolder);
  let part: PartFile;
  try {
    part = await startPart(inbox, key);
  } catch (error) {
    await inbox.handle.close();
    throw error;
  }

  let ended = false;
  const abandon = async () => {
    if (ended) return;
    ended = true;
    await part.discard();
    await inbox.handle.close();
  };
  const orAbandon = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      await abandon();
      throw volumeProblem(error, 'the inbox') ?? error;
    }
  };
  return {
    partPath: part.readPath,
    abandon,
    write: (...chunks) => orAbandon(part.write(...chunks)),
    async settle(wanted) {
      const { stats, ...written } = await orAbandon(part.finish(FILE_MODE));
      const name = await orAbandon(nameWithoutClash(inbox, part.path, safeName(wanted), { ...written, stats }));
      await orAbandon(inbox.handle.sync());
      await abandon();
      return { path: `${INBOX}/${name}`, ...written };
    },
  };
}

/** The inbox, open from here to the end: whatever the agent puts in its place, this is the folder that is written to. */
async function openInbox(workspaceFolder: string): Promise<Folder> {
  try {
    await using workspace = await enterFolder(workspaceFolder);
    return await enterFolder(workspace.at(INBOX));
  } catch (error) {
    throw volumeProblem(error, 'the inbox') ?? error;
  }
}

/** `.<hash of the key>.<random>.part`; those of the same key go. */
async function startPart(inbox: Folder, key: string): Promise<PartFile> {
  const mine = `.${createHash('sha256').update(key).digest('hex').slice(0, 32)}.`;
  for (const name of await readdir(inbox.path))
    if (name.startsWith(mine) && name.endsWith('.part')) await unlink(inbox.at(name)).catch(() => undefined);
  return PartFile.create(inbox, `${mine}${randomBytes(4).toString('hex')}.part`);
}
