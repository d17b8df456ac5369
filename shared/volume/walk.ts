import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { entriesOf, errnoOf, type Folder, isNoFolder, openFolder } from './folder.ts';

/** Questions to the file system at the same time; more gain nothing, since Node has four threads for them. */
const AT_ONCE = 32;

/** Folders within folders; each takes a handle while it is walked. */
const DEEPEST = 64;

export type FoundFile = { readonly way: readonly Buffer[]; readonly name: Buffer; readonly stats: BigIntStats };

type Walk = {
  readonly onFile: (file: FoundFile) => void;
  /** Whether names with a dot in front count, and what is in such folders. */
  readonly dotted: boolean;
  /** Entries of any kind that are looked at, at most. */
  readonly mostEntries: number;
  readonly signal?: AbortSignal;
};

/**
 * Calls `onFile` for each regular file beneath `root`, in no order, without ever following a link, whatever is exchanged or
 * vanishes meanwhile. A root that is missing has none.
 * @returns whether that were all: not with more entries or deeper folders than the limits, or ones that may not be read.
 * @throws the signal’s reason; errno of what nobody expects.
 */
export async function walkFiles(root: string, { onFile, dotted, mostEntries, signal }: Walk): Promise<boolean> {
  let complete = true;
  let left = mostEntries;

  async function enter(path: string | Buffer, way: readonly Buffer[]): Promise<void> {
    const folder = await openFolder(path).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return undefined;
      // A root that is a link is none of ours to walk; a folder that has become one meanwhile has nothing in it.
      if (isNoFolder(error) && way.length > 0) return undefined;
      if (!isNoFolder(error) && errnoOf(error) !== 'EACCES') throw error;
      complete = false;
      return undefined;
    });
    if (!folder) return;
    await using _ = folder;
    await inside(folder, way);
  }

  async function inside(folder: Folder, way: readonly Buffer[]): Promise<void> {
    const folders: Buffer[] = [];
    let files: Buffer[] = [];
    const report = async () => {
      const found = await Promise.all(files.map(async (name) => ({ way, name, stats: await look(folder, name) })));
      files = [];
      for (const { stats, ...file } of found) if (stats?.isFile()) onFile({ ...file, stats });
    };
    for await (const { name, kind } of entriesOf(folder)) {
      signal?.throwIfAborted();
      if (!dotted && name[0] === 0x2e) continue;
      if (left === 0) {
        complete = false;
        break;
      }
      left -= 1;
      if (kind === 'folder') folders.push(name);
      if (kind === 'file') files.push(name);
      if (files.length === AT_ONCE) await report();
    }
    await report();
    if (way.length >= DEEPEST && folders.length > 0) complete = false;
    else for (const name of folders) await enter(folder.at(name), [...way, name]);
  }

  signal?.throwIfAborted();
  await enter(root, []);
  return complete;
}

async function look(folder: Folder, name: Buffer): Promise<BigIntStats | undefined> {
  try {
    return await lstat(folder.at(name), { bigint: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
