import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises';
import { entriesOf, errnoOf, type Folder, isNoFolder, openFolder } from '../../../shared/volume/folder.ts';
import { INBOX } from '../../../shared/volume/layout.ts';
import { isUnchanged } from '../../../shared/volume/plain-file.ts';
import type { OwnFiles } from '../reset/own-files.ts';
import { VOLUME } from './archive/archive-shape.ts';
import { padding, type TarEntry, tarHeader } from './archive/tar-entry.ts';

/** Bytes of the archive, and the path of the entry that they belong to. */
export type Piece = { readonly path: string; readonly bytes: Buffer };

/** What was met; told in the manifest. */
export type VolumeTally = { files: number; bytes: number; readonly unreadable: string[]; readonly changing: string[] };

/** Read into memory and looked at again before anything of it is written; what is larger is written while it is read. */
const SMALL = 1024 ** 2;
const BLOCK_OF_LARGE = 1024 ** 2;
/** How often a file is read that changes meanwhile. */
const TRIES = 3;
/** Folders within folders, each of which takes a handle. */
const DEEPEST = 200;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

type Place = { readonly folder: Folder; readonly name: Buffer; readonly path: string; readonly depth: number };

/**
 * What is ours of the volume, as it is while everybody works in it. Links are kept as links and never followed, whatever an
 * agent exchanges meanwhile; no file gets a second link, since one with two is refused when it is offered. What goes meanwhile
 * is left out. The agent host comes before the workspaces, so that it knows of no file that is not there.
 * @throws errno where the folder itself, or the disk, cannot be read.
 */
export async function* volumeBytes(
  agentsDir: string,
  { folders, workspaces }: OwnFiles,
  tally: VolumeTally,
  signal: AbortSignal,
): AsyncGenerator<Piece, void, void> {
  // AGENTS_DIR is the operator’s, who may have made it a link.
  await using volume = await openFolder(`${agentsDir}/.`);
  yield header(await entryOf(volume.handle, VOLUME, 'folder', 0));
  for (const name of [...folders, ...workspaces])
    yield* folderBytes({ folder: volume, name: Buffer.from(name), path: `${VOLUME}/${name}`, depth: 1 }, tally, signal);
}

async function* folderBytes(place: Place, tally: VolumeTally, signal: AbortSignal): AsyncGenerator<Piece, void, void> {
  const opened = await openFolder(place.folder.at(place.name)).catch((error: unknown) =>
    unlessGone(error, place, tally),
  );
  if (!opened) return;
  await using folder = opened;
  yield header(await entryOf(folder.handle, place.path, 'folder', 0));
  for await (const { name, kind } of entriesOf(folder)) {
    signal.throwIfAborted();
    const path = `${place.path}/${name.toString('latin1')}`;
    const inside = { folder, name, path, depth: place.depth + 1 };
    if (kind === 'folder' && place.depth >= DEEPEST) tally.unreadable.push(path);
    else if (kind === 'folder') yield* folderBytes(inside, tally, signal);
    else if (kind === 'other') yield* linkBytes(inside);
    else if (!isUnfinished(inside)) yield* fileBytes(inside, tally, signal);
  }
}

/** What is being written when a file comes in or goes out: begun again by whoever goes on. */
function isUnfinished({ path }: Place): boolean {
  const [, top, folder, ...rest] = path.split('/');
  const name = rest.length === 0 ? folder : rest.length === 1 && folder === INBOX ? rest[0] : undefined;
  return name !== undefined && (folder === INBOX || top === '.outgoing') && /^\..*\.part$/.test(name);
}

/** A link; a device, FIFO or socket is nobody’s file. */
async function* linkBytes({ folder, name, path }: Place): AsyncGenerator<Piece, void, void> {
  try {
    const stats = await lstat(folder.at(name));
    if (!stats.isSymbolicLink()) return;
    const target = (await readlink(folder.at(name), { encoding: 'buffer' })).toString('latin1');
    const { uid, gid, mtimeMs } = stats;
    yield header({ path, kind: 'link', mode: 0o777, uid, gid, size: 0, mtimeMs: Math.floor(mtimeMs), target });
  } catch (error) {
    if (!['ENOENT', 'EINVAL'].includes(errnoOf(error) ?? '')) throw error;
  }
}

/** One that changed is read again, and stands in the archive again: the last one counts, as in every tar. */
async function* fileBytes(place: Place, tally: VolumeTally, signal: AbortSignal): AsyncGenerator<Piece, void, void> {
  const { path } = place;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const opened = await open(place.folder.at(place.name), READ).catch((error: unknown) =>
      unlessGone(error, place, tally),
    );
    if (!opened) return;
    await using file = opened;
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) return;
    const isLast = attempt === TRIES;
    // A log of the agent host only grows: what was there when it was read is what had happened by then.
    const isLog = path.startsWith(`${VOLUME}/.host/`);
    let size = Number(before.size);
    let settled: boolean;
    if (size <= SMALL) {
      const content = await file.readFile();
      size = content.length;
      settled = isLog || isUnchanged(before, await file.stat({ bigint: true }));
      if (!settled && !isLast) continue;
      yield header(await entryOf(file, path, 'file', size));
      yield { path, bytes: content };
    } else {
      yield header(await entryOf(file, path, 'file', size));
      yield* largeContent(file, path, size, signal);
      settled = isLog || isUnchanged(before, await file.stat({ bigint: true }));
    }
    yield { path, bytes: padding(size) };
    if (!settled && !isLast) continue;
    if (!settled) tally.changing.push(path);
    tally.files += 1;
    tally.bytes += size;
    return;
  }
}

/** Exactly as many bytes as the header says: what is missing of a file that was cut meanwhile is zeros, until it is read again. */
async function* largeContent(
  file: FileHandle,
  path: string,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<Piece, void, void> {
  for (let at = 0; at < size; ) {
    signal.throwIfAborted();
    const block = Buffer.alloc(Math.min(BLOCK_OF_LARGE, size - at));
    const { bytesRead } = await file.read(block, 0, block.length, at);
    const bytes = bytesRead === 0 ? block : block.subarray(0, bytesRead);
    at += bytes.length;
    yield { path, bytes };
  }
}

async function entryOf(handle: FileHandle, path: string, kind: 'file' | 'folder', size: number): Promise<TarEntry> {
  const { mode, uid, gid, mtimeMs } = await handle.stat();
  return { path, kind, mode: mode & 0o7777, uid, gid, size, mtimeMs: Math.floor(mtimeMs) };
}

function header(entry: TarEntry): Piece {
  return { path: entry.path, bytes: tarHeader(entry) };
}

function unlessGone(error: unknown, { path }: Place, tally: VolumeTally): undefined {
  const code = errnoOf(error) ?? '';
  if (code === 'ENOENT' || isNoFolder(error)) return undefined;
  if (code !== 'EACCES' && code !== 'EPERM') throw error;
  tally.unreadable.push(path);
  return undefined;
}
