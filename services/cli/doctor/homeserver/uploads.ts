import type { MatrixHttp } from '../../../../shared/matrix/http.ts';
import { maxUploadBytes } from '../../../../shared/matrix/media.ts';
import { bytes } from '../../../../shared/texts/formats.ts';
import type { Finding } from '../finding.ts';

const NAME = 'Files';

/**
 * Which files get through.
 * @param ours SURFACES_MAX_FILE_BYTES; `chosen`: somebody set it, and means it.
 */
export async function lookAtUploads(http: MatrixHttp, ours: number, chosen: boolean): Promise<Finding> {
  const theirs = await maxUploadBytes(http, { retries: 0, timeoutMs: 5_000 });
  if (theirs === null) return { name: NAME, level: 'ok', text: 'the homeserver does not say how large files may be' };
  if (theirs >= ours)
    return { name: NAME, level: 'ok', text: `up to ${bytes('en', ours)}, as the homeserver takes them` };
  const text = `up to ${bytes('en', theirs)}: the homeserver takes less than SURFACES_MAX_FILE_BYTES, ${bytes('en', ours)}`;
  if (!chosen) return { name: NAME, level: 'ok', text };
  const remedy = `raise max_upload_size of Synapse and what a proxy before it lets through, or set SURFACES_MAX_FILE_BYTES=${theirs}`;
  return { name: NAME, level: 'warning', text, remedy };
}
