import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { OpId } from '../../../shared/ids/ids.ts';
import { isRefusal } from '../../../shared/matrix/http-error.ts';
import { type MediaUpload, putMedia, reserveMedia, uploadMedia } from '../../../shared/matrix/media.ts';
import { reserveUpload } from '../../../shared/store/files-out.ts';
import type { AttachmentDeps } from '../attachment-deps.ts';

/** Which of the two things that a message of a file refers to. */
export type Which = 'reference' | 'thumbnail';

/**
 * Brings something to the homeserver once, also over a kill at any point: its place is reserved and on record before the
 * upload, and a second upload to a place that is filled changes nothing. Where no place is to be had (a homeserver
 * allows few empty ones, older ones none), the address is on record after the upload, and a kill in between may leave a
 * copy that nothing refers to. @returns the `mxc://`.
 */
export async function placeMedia(
  { op, which, known }: { readonly op: OpId; readonly which: Which; readonly known: string | null },
  file: MediaUpload,
  deps: Pick<AttachmentDeps, 'database' | 'http'>,
): Promise<string> {
  const to = known ?? (await reserved(op, which, deps));
  if (to !== null) {
    await putMedia(deps.http, { ...file, to });
    return to;
  }
  const uploaded = await uploadMedia(deps.http, file);
  return (await reserveUpload(deps.database, op, { [which]: uploaded }))[which] ?? uploaded;
}

async function reserved(op: OpId, which: Which, { database, http }: Pick<AttachmentDeps, 'database' | 'http'>) {
  try {
    const place = await reserveMedia(http);
    return (await reserveUpload(database, op, { [which]: place }))[which];
  } catch (error) {
    const limited = error instanceof SurfacesError && error.code === 'matrix_limited';
    if (limited || isRefusal(error)) return null;
    throw error;
  }
}
