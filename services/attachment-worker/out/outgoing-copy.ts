import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { OpId } from '../../../shared/ids/ids.ts';
import type { FileOut } from '../../../shared/store/files-out.ts';
import { sleep } from '../../../shared/time/time.ts';
import { blocksAt } from '../../../shared/volume/file-blocks.ts';
import { makeFolder, outgoingFolder, PRIVATE_FOLDER_MODE, workspacePath } from '../../../shared/volume/layout.ts';
import { stableCopy } from '../../../shared/volume/stable-copy.ts';

export type Copy = { readonly path: string; readonly size: number; readonly sha256: string };

/** An agent that offers a file may still be at its last bytes. */
const TRIES = 5;
const AGAIN_MS = 400;

/**
 * A copy of an offered file that nobody else can change, the same however often this is run: what is there already, from
 * a worker that was killed, is taken as it is, since a part of it may be uploaded.
 * @throws SurfacesError `file_changed`, `file_outside`, `file_unavailable`, `file_too_large`, `volume_full`, `volume_unwritable`
 */
export async function outgoingCopy(
  { op, workspace, offer }: FileOut,
  {
    agentsDir,
    maxBytes,
    signal,
  }: { readonly agentsDir: string; readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Copy> {
  const folder = outgoingFolder(agentsDir);
  await makeFolder(folder, PRIVATE_FOLDER_MODE);
  const to = join(folder, op);
  const there = await existing(to);
  if (there && (offer.sha256 === undefined || offer.sha256 === there.sha256)) return there;
  const root = workspacePath(agentsDir, workspace);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const copied = await stableCopy({ root, path: offer.path, to, maxBytes, signal });
      if (offer.sha256 === undefined || offer.sha256 === copied.sha256) return { path: to, ...copied };
      await rm(to, { force: true });
      throw new SurfacesError('file_changed', `its sha256 is ${copied.sha256}, and ${offer.sha256} was offered`);
    } catch (error) {
      const changes = error instanceof SurfacesError && error.code === 'file_changed';
      if (!changes || attempt === TRIES || !(await sleep(AGAIN_MS, signal))) throw error;
    }
  }
}

/** Whether an earlier attempt has copied it: then that copy is what is sent, also if the file is gone. */
export async function hasCopy(op: OpId, agentsDir: string): Promise<boolean> {
  return (await stat(join(outgoingFolder(agentsDir), op)).catch(() => undefined)) !== undefined;
}

async function existing(path: string): Promise<Copy | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  const hash = createHash('sha256');
  for await (const block of blocksAt(path)) hash.update(block);
  return { path, size: found.size, sha256: hash.digest('hex') };
}
