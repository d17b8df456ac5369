import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { codeOf, describe, SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { OpId } from '../../../shared/ids/ids.ts';
import type { RunContext } from '../../../shared/lane/run-lane.ts';
import { isRefusal } from '../../../shared/matrix/http-error.ts';
import {
  type FileOut,
  findFileOut,
  recordRefused,
  recordUploaded,
  type Uploaded,
} from '../../../shared/store/files-out.ts';
import { blocksAt } from '../../../shared/volume/file-blocks.ts';
import { outgoingFolder } from '../../../shared/volume/layout.ts';
import type { AttachmentDeps } from '../attachment-deps.ts';
import { bytesCarried, filesCarried } from '../attachment-metrics.ts';
import { lookAtFile } from '../look/look-at-file.ts';
import { isRefusedType } from '../refused-types.ts';
import { Slots } from '../slots.ts';
import { outgoingCopy } from './outgoing-copy.ts';
import { placeMedia } from './place-media.ts';
import { sendStraight } from './send-straight.ts';

const IDLE_MS = 30_000;
/** Fewer at once than come in: four are no faster, each may have a copy on the disk, and places at the homeserver are few. */
const sending = new Slots(3);

/**
 * Uploads a file that an agent offered: straight where that may be, else as a copy that holds still, a look at what it is,
 * the upload; then the record of it, for which whoever offered it waits.
 * @throws SurfacesError that says to wait, where the homeserver is away; what aborted the run.
 */
export async function sendOut(op: OpId, { signal }: RunContext, deps: AttachmentDeps): Promise<void> {
  const { database, agentsDir } = deps;
  const file = await findFileOut(database, op);
  if (file?.state !== 'offered') return;
  try {
    const uploaded = await sending.run(() => upload(file, signal, deps));
    await recordUploaded(database, op, uploaded);
    bytesCarried.inc({ way: 'out' }, uploaded.size);
    filesCarried.inc({ way: 'out', outcome: 'ok' });
  } catch (error) {
    if (signal.aborted || !isFinal(error)) throw error;
    const code = isRefusal(error) ? 'file_unavailable' : codeOf(error);
    const limit = code === 'file_too_large' ? { limit: deps.limits.fileBytes } : {};
    filesCarried.inc({ way: 'out', outcome: code });
    deps.log.warn({ err: error, code, room: file.room, op }, `a file was not sent: ${describe(error)}`);
    await recordRefused(database, op, { code, reason: describe(error), ...limit });
  }
  await rm(join(outgoingFolder(agentsDir), op), { force: true });
}

function isFinal(error: unknown): boolean {
  return isRefusal(error) || (error instanceof SurfacesError && error.disposition === 'permanent');
}

async function upload(file: FileOut, signal: AbortSignal, deps: AttachmentDeps): Promise<Uploaded> {
  let now = file;
  try {
    const uploaded = await sendStraight(file, { idleMs: IDLE_MS, signal }, deps);
    if (uploaded) return uploaded;
  } catch (error) {
    if (codeOf(error) !== 'file_changed') throw error;
    // Its place is on record by now.
    now = (await findFileOut(deps.database, file.op)) ?? file;
  }
  return sendCopy(now, signal, deps);
}

async function sendCopy(file: FileOut, signal: AbortSignal, deps: AttachmentDeps): Promise<Uploaded> {
  const { agentsDir, limits, refused, scan } = deps;
  const { op } = file;
  const { name, mime: claimed } = file.offer;
  const kept = { agentsDir, maxBytes: limits.fileBytes, signal };
  const { path, size } = await outgoingCopy(file, kept);
  const { thumbnail, ...seen } = await lookAtFile(path, { name, claimed, size });
  if (isRefusedType(name, seen.mime, refused)) throw new SurfacesError('file_refused', `${seen.mime} is not sent`);
  await scan?.(path, signal);
  const whole = { open: () => blocksAt(path), size, type: seen.mime, name, idleMs: IDLE_MS, signal };
  await placeMedia({ op, which: 'reference', known: file.reference }, whole, deps);
  const result = { name, size, ...seen };
  if (!thumbnail) return result;
  const { content, ...preview } = thumbnail;
  const small = { ...whole, open: () => Readable.from([content]), size: content.length, type: preview.mime };
  await placeMedia({ op, which: 'thumbnail', known: file.thumbnail }, small, deps);
  return { ...result, thumbnail: { ...preview, size: content.length } };
}
