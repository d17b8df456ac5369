import { createHash, randomInt } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { link, lstat, open, unlink } from 'node:fs/promises';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { errnoOf, type Folder } from './folder.ts';
import type { Written } from './part-file.ts';
import { isSame, READ_SAFELY } from './plain-file.ts';
import { numbered } from './safe-name.ts';

/** Names in a row; past them the number is random, so that an agent that took a thousand does not cost a thousand tries. */
const IN_ORDER = 100;
const TRIES = 120;

/**
 * Gives the finished file at `part` the name, or the first with a number that is free. A hard link is what appears at once and
 * never replaces anything, both of which `rename` cannot. Where the same bytes lie under one of the names, that is the name.
 * @param file what was written, and the inode that it was written to.
 * @throws errno of the link; SurfacesError `volume_unwritable` if somebody else interferes.
 */
export async function nameWithoutClash(
  folder: Folder,
  part: string | Buffer,
  wanted: string,
  file: Written & { readonly stats: BigIntStats },
): Promise<string> {
  for (let n = 1; n <= TRIES; n += 1) {
    const name = n === 1 ? wanted : numbered(wanted, n <= IN_ORDER ? n : randomInt(1_000, 1_000_000_000));
    try {
      await link(part, folder.at(name));
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      if (await holds(folder, name, file)) return name;
      continue;
    }
    await refuseExchanged(folder, name, file.stats);
    return name;
  }
  throw new SurfacesError('volume_unwritable', `no free name for ${wanted} in the inbox, after ${TRIES} tries`);
}

/** The agent may write the folder, so what was linked may be something that it put in place of the part. */
async function refuseExchanged(folder: Folder, name: string, written: BigIntStats): Promise<void> {
  if (isSame(await lstat(folder.at(name), { bigint: true }), written)) return;
  await unlink(folder.at(name)).catch(() => undefined);
  throw new SurfacesError('volume_unwritable', 'the agent has exchanged a file of the inbox while it was written');
}

/** Whether exactly these bytes lie under the name. Whatever cannot be read is something else. */
async function holds(folder: Folder, name: string, { size, sha256 }: Written): Promise<boolean> {
  try {
    // Looked at first, since only a regular file is to be opened at all.
    const stats = await lstat(folder.at(name));
    if (!stats.isFile() || stats.size !== size) return false;
    await using file = await open(folder.at(name), READ_SAFELY | constants.O_NOFOLLOW);
    const hash = createHash('sha256');
    // Not past the size: the agent may go on writing for as long as it is read.
    for await (const chunk of file.createReadStream({ start: 0, end: size, autoClose: false })) hash.update(chunk);
    return hash.digest('hex') === sha256;
  } catch {
    return false;
  }
}
