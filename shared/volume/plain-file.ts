import { type BigIntStats, constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { sleep } from '../time/time.ts';
import { outside, quoted } from './offered-path.ts';

/** How a file is opened that may not be the one it was a moment ago: without waiting for a FIFO, without taking a terminal. */
export const READ_SAFELY = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Milliseconds. The clock that stamps files ticks every 1 to 10; two changes within a tick look like one. */
const TICK = 20;
/** Milliseconds. A stamp that is older cannot be of this tick, even where the disk’s server has a clock of its own. */
const OLD = 2_000;
const TRIES = 5;

/** An open file, and the state in which it was found at rest. */
export type RestingFile = { readonly file: FileHandle; readonly state: BigIntStats };

/** @throws SurfacesError `file_outside` for all but a regular file that has one name. */
export function refuseOthers(path: string, stats: BigIntStats): void {
  if (stats.isSymbolicLink()) throw outside(path, 'is a link; offer the file itself');
  if (stats.isDirectory()) throw outside(path, 'is a folder; offer a file');
  if (!stats.isFile()) throw outside(path, 'is a device, a FIFO or a socket; offer a file');
  // Its other name may be outside of the workspace, and nobody can tell.
  if (stats.nlink > 1n) throw outside(path, 'has another hard link; offer a copy');
}

/**
 * Makes sure that an open file has its one and only name in the workspace. A count of one link does not say so: an agent may
 * link a file from outside, have it opened, and take its own name away, which leaves the one outside. So the count, the name
 * and the count are looked at, and the time of the last change shows that nothing was linked in between.
 * @param look `lstat` of the name. @returns the state that it rests in, to tell later changes by.
 * @throws SurfacesError `file_outside`; `file_changed` for a file that is being written to all the time.
 */
export async function restingState(
  path: string,
  file: FileHandle,
  look: () => Promise<BigIntStats>,
): Promise<BigIntStats> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const first = await file.stat({ bigint: true });
    refuseOthers(path, first);
    if (Number(first.ctimeMs) > Date.now() - OLD) {
      await sleep(TICK);
      if (!isUnchanged(first, await file.stat({ bigint: true }))) continue;
    }
    if (!isSame(first, await look())) throw outside(path, 'was exchanged while it was opened; offer it again');
    if (isUnchanged(first, await file.stat({ bigint: true }))) return first;
  }
  throw changed(path);
}

/** Whether two looks saw the same inode. */
export function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

/** Whether nothing happened to a file: not to its content, its modes or its names. */
export function isUnchanged(before: BigIntStats, after: BigIntStats): boolean {
  const { size, mtimeNs, ctimeNs } = after;
  return isSame(before, after) && before.size === size && before.mtimeNs === mtimeNs && before.ctimeNs === ctimeNs;
}

/** A file that does not hold still. */
export function changed(path: string): SurfacesError {
  return new SurfacesError('file_changed', `${quoted(path)} was changed while it was read; offer it once it is whole`);
}
