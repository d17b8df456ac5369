import { codeOf, describe, SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { ageOf } from '../../../shared/lane/age-of.ts';
import { isCancelled } from '../../../shared/lane/is-cancelled.ts';
import type { LaneItem } from '../../../shared/lane/lane.ts';
import type { RunContext } from '../../../shared/lane/run-lane.ts';
import { downloadMedia } from '../../../shared/matrix/download-media.ts';
import { giveBack } from '../../../shared/matrix/receive-buffers.ts';
import type { NewFileIn } from '../../../shared/store/files-in.ts';
import type { ChatRoom } from '../../../shared/store/rooms.ts';
import { beginIncoming } from '../../../shared/volume/incoming-file.ts';
import { workspacePath } from '../../../shared/volume/layout.ts';
import { safeName } from '../../../shared/volume/safe-name.ts';
import type { AttachmentDeps } from '../attachment-deps.ts';
import { bytesCarried, filesCarried } from '../attachment-metrics.ts';
import { extensionOf } from '../look/extension-of.ts';
import { sniff } from '../look/sniff.ts';
import { isRefusedType } from '../refused-types.ts';
import { Slots } from '../slots.ts';
import { inBlocks } from './blocks.ts';
import type { FileMessage } from './file-message.ts';
import { spaceFor } from './quota.ts';

/** A body that stands still for that long is given up for now. */
const IDLE_MS = 30_000;
/** 100 MB at 1 Mbit a second take 13 minutes. */
const TOTAL_MS = 15 * 60_000;
/** After that a file that the homeserver still does not give is not waited for any more. */
const GIVE_UP_MS = 10 * 60_000;
/** At once in one process. More would only share the same network, and the homeserver's patience. */
const receiving = new Slots(8);

type Taken = Omit<NewFileIn, 'room' | 'sender' | 'thread' | 'position' | 'workspace'> & { readonly limit?: number };

/**
 * Downloads a file into the inbox of a workspace.
 * @returns what became of it; null where the message was stopped or taken back meanwhile.
 * @throws SurfacesError that says to wait, where the homeserver is away; what aborted the run.
 */
export async function takeIn(
  item: Pick<LaneItem, 'lane' | 'seq'>,
  message: FileMessage,
  room: ChatRoom,
  { signal }: RunContext,
  deps: AttachmentDeps,
): Promise<Taken | null> {
  const { event, file } = message;
  const head = { event, name: file.name };
  try {
    const taken = await receiving.run(() => download(message, room, signal, deps));
    bytesCarried.inc({ way: 'in' }, taken.size ?? 0);
    filesCarried.inc({ way: 'in', outcome: 'ok' });
    return { ...head, ...taken, failure: null };
  } catch (error) {
    if (signal.aborted) {
      if (isCancelled(signal)) return null;
      throw error;
    }
    if (!(error instanceof SurfacesError)) throw error;
    if (error.disposition !== 'permanent' && (await ageOf(deps.database.run, item)) < GIVE_UP_MS) throw error;
    const failure = error.disposition === 'permanent' ? codeOf(error) : 'file_unavailable';
    filesCarried.inc({ way: 'in', outcome: failure });
    deps.log.warn({ err: error, code: failure, room: message.room, event }, `a file did not come: ${describe(error)}`);
    const limit = error.limit ?? deps.limits.fileBytes;
    return { ...head, path: null, mime: file.mimetype ?? null, size: null, sha256: null, failure, limit };
  }
}

async function download(
  { event, file }: FileMessage,
  room: ChatRoom,
  signal: AbortSignal,
  deps: AttachmentDeps,
): Promise<Pick<NewFileIn, 'path' | 'mime' | 'size' | 'sha256'>> {
  const folder = workspacePath(deps.agentsDir, room.sessionId);
  const space = await spaceFor(room, deps);
  const incoming = await beginIncoming(folder, event);
  try {
    const { url, encrypted } = file;
    const source = {
      url,
      ...(encrypted && { encrypted }),
      maxBytes: deps.limits.fileBytes,
      idleMs: IDLE_MS,
      totalMs: TOTAL_MS,
      signal,
    };
    const blocks = inBlocks(async (chunks) => {
      await incoming.write(...chunks);
      chunks.forEach(giveBack);
    });
    await downloadMedia(deps.http, source, (chunk) => {
      space.take(chunk.length);
      return blocks.write(chunk);
    });
    await blocks.flush();
    const { mime } = await sniff(incoming.partPath, {
      name: file.name,
      ...(file.mimetype && { claimed: file.mimetype }),
    });
    if (isRefusedType(file.name, mime, deps.refused)) throw new SurfacesError('file_refused', `${mime} is not taken`);
    await deps.scan?.(incoming.partPath, signal);
    const { path, size, sha256 } = await incoming.settle(safeName(file.name, extensionOf(mime)));
    return { path, mime, size, sha256 };
  } catch (error) {
    await incoming.abandon();
    throw error;
  }
}
