import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { OpId } from '../../../shared/ids/ids.ts';
import { type FileOut, sealOffer, type Uploaded } from '../../../shared/store/files-out.ts';
import {
  makeFolder,
  outgoingFolder,
  PRIVATE_FILE_MODE,
  PRIVATE_FOLDER_MODE,
  workspacePath,
} from '../../../shared/volume/layout.ts';
import { stableRead } from '../../../shared/volume/stable-read.ts';
import { volumeProblem } from '../../../shared/volume/volume-error.ts';
import type { AttachmentDeps } from '../attachment-deps.ts';
import { HEAD_BYTES, type Sniffed, sniff } from '../look/sniff.ts';
import { isRefusedType } from '../refused-types.ts';
import { hasCopy } from './outgoing-copy.ts';
import { placeMedia } from './place-media.ts';

/** Bytes. The copy of a smaller one is made in the time of a request. */
const LARGE = 8 * 1024 ** 2;
/** All of them is looked at, wherever it has its headers. */
const LOOKED_AT: ReadonlySet<Sniffed['family']> = new Set(['image', 'audio', 'video']);

/**
 * Sends a large file from where the agent made it, without a copy, which costs half as much again as all the rest. The
 * homeserver gets the last block only once the whole has held still, and its hash is on record: so it has a whole file
 * only of what was offered, and whoever tries again sends the same bytes or none. The argument: `shared/volume/README.md`.
 * @returns null for what is sent as a copy: small, a picture or a recording, to be scanned, or tried before.
 * @throws SurfacesError `file_changed`, after which the homeserver has nothing, and a copy may get what comes to rest; else
 * as `outgoingCopy` and `placeMedia`.
 */
export async function sendStraight(
  { op, workspace, offer, reference }: FileOut,
  { idleMs, signal }: { readonly idleMs: number; readonly signal: AbortSignal },
  deps: AttachmentDeps,
): Promise<Uploaded | null> {
  const { agentsDir, database, limits, refused, scan } = deps;
  const { path, name, mime: claimed } = offer;
  if (scan || reference !== null || (await hasCopy(op, agentsDir))) return null;
  const root = workspacePath(agentsDir, workspace);
  await using read = await stableRead({ root, path, headBytes: HEAD_BYTES + 1, maxBytes: limits.fileBytes, signal });
  if (read.size < LARGE) return null;
  const { mime, family } = await sniffHead(read.head, { op, name, claimed }, agentsDir);
  if (LOOKED_AT.has(family)) return null;
  if (isRefusedType(name, mime, refused)) throw new SurfacesError('file_refused', `${mime} is not sent`);
  const agree = async (sha256: string) => {
    const sealed = await sealOffer(database, op, sha256);
    if (sealed !== sha256) throw new SurfacesError('file_changed', `its sha256 is ${sha256}, and not ${sealed}`);
  };
  const whole = { open: () => read.blocks(agree), size: read.size, type: mime, name, idleMs, signal };
  await placeMedia({ op, which: 'reference', known: null }, whole, deps);
  return { name, size: read.size, mime, kind: 'file' };
}

/** What a file begins with says what it is: of a copy, since the agent could exchange it between this look and the next. */
async function sniffHead(
  head: Buffer,
  { op, name, claimed }: { readonly op: OpId; readonly name: string; readonly claimed: string },
  agentsDir: string,
): Promise<Sniffed> {
  const folder = outgoingFolder(agentsDir);
  const path = join(folder, `.${op}.${randomBytes(4).toString('hex')}.head`);
  try {
    await makeFolder(folder, PRIVATE_FOLDER_MODE);
    await writeFile(path, head, { mode: PRIVATE_FILE_MODE, flag: 'wx' });
    return await sniff(path, { name, claimed });
  } catch (error) {
    throw volumeProblem(error, 'the folder of copies') ?? error;
  } finally {
    await rm(path, { force: true });
  }
}
