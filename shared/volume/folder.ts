import { constants, existsSync } from 'node:fs';
import { type FileHandle, open, opendir } from 'node:fs/promises';

/**
 * Linux resolves `/proc/self/fd/7/name` from the folder that is open as 7, wherever that has been moved or whatever stands
 * in its place now: what `openat` does, which Node does not have. Without it (macOS), paths are used: good enough to
 * develop on, not proof against an agent that changes folders at the same time.
 */
export const PINS_FOLDERS = existsSync('/proc/self/fd');

/** An open folder of a workspace. Whoever opens it disposes of it. */
export type Folder = AsyncDisposable & {
  readonly handle: FileHandle;
  /** A path to the open folder itself, for as long as it is open. */
  readonly path: string;
  /** A path to what is called `name` in it. One name, no path, nothing unchecked from outside. */
  at(name: string | Buffer): string | Buffer;
};

/**
 * Opens a folder for reading. Links above it are followed, the folder itself may be none: in a volume that agents write,
 * any name may become a link at any time. For one of the operator’s own that may be a link, add `/.`.
 * @throws errno: ENOTDIR or ELOOP for a link and what is no folder; ENOENT, EACCES.
 */
export async function openFolder(path: string | Buffer): Promise<Folder> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const base = PINS_FOLDERS ? `/proc/self/fd/${handle.fd}` : path.toString();
  return {
    handle,
    path: base,
    at: (name) => (typeof name === 'string' ? `${base}/${name}` : Buffer.concat([Buffer.from(`${base}/`), name])),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/**
 * The folder at the end of a way of folders, each opened in the one that is already open, and none of them a link, `root`
 * included: whoever may exchange a part of the way at any moment leads nowhere else. Each one is closed once the next is open.
 * @param enter opens a part of the way, or makes it.
 * @returns the caller’s to dispose of. @throws errno: ENOTDIR or ELOOP for a link and for what is no folder; ENOENT, EACCES.
 */
export async function descend(
  root: string,
  names: readonly (string | Buffer)[],
  enter: (path: string | Buffer) => Promise<Folder> = openFolder,
): Promise<Folder> {
  let folder = await openFolder(root);
  for (const name of names) {
    await using above = folder;
    folder = await enter(above.at(name));
  }
  return folder;
}

/** What lies in a folder. The name is bytes: an agent may give one that is no UTF-8, and it has to be found all the same. */
export type Entry = { readonly name: Buffer; readonly kind: 'file' | 'folder' | 'other' };

/** Reads a folder bit by bit, so that a million entries take no memory. */
export async function* entriesOf(folder: Folder): AsyncGenerator<Entry> {
  // `buffer` is served, as `readdir` documents; only the typing of `opendir` has forgotten it.
  const encoding = 'buffer' as BufferEncoding;
  for await (const entry of await opendir(folder.path, { encoding, bufferSize: 128 })) {
    const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
    yield { name: entry.name as unknown as Buffer, kind };
  }
}

/** The errno of what a file operation threw, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** True for the ways in which the system says: a link, or no folder at all. */
export function isNoFolder(error: unknown): boolean {
  return ['ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '');
}
