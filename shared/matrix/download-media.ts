import { SurfacesError } from '../errors/surfaces-error.ts';
import { decryptAttachment } from './decrypt-attachment.ts';
import { type MatrixHttp, path } from './http.ts';
import { isRefusal } from './http-error.ts';
import type { EncryptedFileKey } from './inbound.ts';
import { parseMxc } from './mxc.ts';
import { giveBack } from './receive-buffers.ts';

export type MediaDownload = {
  /** `mxc://server/id` */
  readonly url: string;
  readonly encrypted?: EncryptedFileKey;
  /** More bytes of content than this are not read. */
  readonly maxBytes: number;
  /** Between two chunks; milliseconds. The time that `write` takes does not count. */
  readonly idleMs: number;
  /** For all of it, in milliseconds; here the time of `write` counts. */
  readonly totalMs: number;
  readonly signal?: AbortSignal;
};

/**
 * Before the first byte the homeserver may fetch the file from another one, whole. Synapse gives that server a minute to
 * answer and a minute to send.
 */
const ANSWER_MS = 150_000;
const REDIRECTS = 3;

/**
 * Downloads a file and gives it to `write`, chunk by chunk (some 64 KB, each the caller's to keep or to `giveBack`) and each
 * only when the last has been written. Spec: Content Repository, `GET /_matrix/client/v1/media/download/{serverName}/{mediaId}`.
 *
 * When it rejects no `write` is under way any more, and **what was written is worth nothing**: of an encrypted file the
 * hash is known at its end.
 * @throws SurfacesError `file_too_large`: more than `maxBytes`; `file_unavailable`: not there, not for us, a redirect that
 *   nobody may follow, or not what was sent; `matrix_unavailable`: a stall, a cut, not there yet (`M_NOT_YET_UPLOADED`);
 *   `matrix_limited`; `matrix_token_invalid`. A DOMException `AbortError` when the signal aborted. What `write` throws.
 */
export async function downloadMedia(
  http: MatrixHttp,
  media: MediaDownload,
  write: (chunk: Buffer) => Promise<void>,
): Promise<{ bytes: number }> {
  const { maxBytes, idleMs, totalMs, signal } = media;
  const { server, id } = parseMxc(media.url);
  const tooLarge = () => new SurfacesError('file_too_large', `${media.url} has more than ${maxBytes} bytes`);
  const decryption = media.encrypted && decryptAttachment(media.encrypted);
  const request = {
    kind: 'download',
    method: 'GET',
    path: path`/_matrix/client/v1/media/download/${server}/${id}`,
    answerMs: Math.max(ANSWER_MS, idleMs),
    idleMs,
    totalMs,
    redirects: REDIRECTS,
    signal,
  } as const;
  try {
    return await http.stream(request, async ({ headers, size, body }) => {
      // We asked for none. To unpack it would mean a second size to limit; to take it as it is, a broken file.
      if ((headers['content-encoding'] ?? 'identity') !== 'identity')
        throw new SurfacesError('file_unavailable', `${media.url} comes packed as ${headers['content-encoding']}`);
      if (size !== undefined && size > maxBytes) throw tooLarge();
      let bytes = 0;
      for await (const chunk of body) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw tooLarge();
        if (decryption) {
          await write(decryption.update(chunk));
          giveBack(chunk);
        } else await write(chunk);
      }
      decryption?.finish();
      return { bytes };
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new SurfacesError('file_unavailable', error.message, { cause: error });
  }
}
