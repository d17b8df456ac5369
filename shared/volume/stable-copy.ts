import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { blocksOf } from './file-blocks.ts';
import { type Folder, openFolder } from './folder.ts';
import { PRIVATE_FILE_MODE } from './layout.ts';
import { quoted, unavailable } from './offered-path.ts';
import { openResting } from './open-beneath.ts';
import { PartFile, type Written } from './part-file.ts';
import { changed, isUnchanged } from './plain-file.ts';
import { volumeProblem } from './volume-error.ts';

type Order = {
  /** The workspace. */
  readonly root: string;
  /** As the agent offers it. */
  readonly path: string;
  /** Where the copy goes, in a folder that exists and agents do not write; replaced if it is there. */
  readonly to: string;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
};

/**
 * Copies an offered file away from the agent, so that what is looked at, asked about and sent is one and the same. Opened
 * once, as `openBeneath` does, and read from that handle. The copy appears whole (mode 0600) or not at all; whoever
 * finds it after a loss of power checks its hash.
 * @throws SurfacesError as `openBeneath`; `file_too_large` also for one that grows beyond; `file_changed` if it changed
 * meanwhile; `volume_full`, `volume_unwritable` of `to`; the signal’s reason.
 */
export async function stableCopy({ root, path, to, maxBytes, signal }: Order): Promise<Written> {
  signal?.throwIfAborted();
  const { file, state: before } = await openResting(root, path);
  await using source = file;
  if (before.size > maxBytes) throw tooLarge(path, maxBytes);
  await using folder = await targetFolder(dirname(to));
  const name = basename(to);
  const part = await PartFile.create(folder, `.${name}.${randomBytes(4).toString('hex')}.part`, { durable: false });
  try {
    for await (const block of blocksOf(source, { signal, unreadable: unreadable(path) })) {
      if (part.size + block.length > maxBytes) throw tooLarge(path, maxBytes);
      await part.write(block);
    }
    const after = await source.stat({ bigint: true });
    if (!isUnchanged(before, after) || after.size !== BigInt(part.size)) throw changed(path);
    const { size, sha256 } = await part.finish(PRIVATE_FILE_MODE);
    signal?.throwIfAborted();
    await part.renameTo(name);
    return { size, sha256 };
  } finally {
    await part.discard();
  }
}

async function targetFolder(path: string): Promise<Folder> {
  try {
    return await openFolder(path);
  } catch (error) {
    throw volumeProblem(error, 'the folder of copies') ?? error;
  }
}

export const unreadable = (path: string) => (error: unknown) =>
  unavailable(path, 'cannot be read from the disk', error);

export function tooLarge(path: string, maxBytes: number): SurfacesError {
  return new SurfacesError('file_too_large', `${quoted(path)} is larger than ${maxBytes} bytes`, { limit: maxBytes });
}
