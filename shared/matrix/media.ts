import { field, textField } from '../config/json.ts';
import { codeOf, SurfacesError } from '../errors/surfaces-error.ts';
import { exactly, type SizedSource } from './exactly.ts';
import { type MatrixHttp, type MatrixRequest, path } from './http.ts';
import { isRefusal } from './http-error.ts';
import { readJson } from './json-text.ts';
import { parseMxc } from './mxc.ts';

const UPLOAD = '/_matrix/media/v3/upload';

/** A small file to the media repository, from memory. @returns its `mxc://`. Done twice, it is there twice. */
export async function uploadSmall(
  http: MatrixHttp,
  file: { readonly content: Uint8Array; readonly type: string; readonly name: string },
): Promise<string> {
  const { content, type, name } = file;
  const answer = await http.request<{ content_uri: string }>({
    kind: 'upload',
    method: 'POST',
    path: UPLOAD,
    query: { filename: name },
    bytes: { content, type },
    retries: 4,
  });
  return answer.content_uri;
}

export type MediaUpload = SizedSource & {
  /** A media type; what is none goes as `application/octet-stream`. */
  readonly type: string;
  readonly name: string;
  /** Between two chunks that the homeserver takes, or that `open` gives; milliseconds. */
  readonly idleMs: number;
  readonly signal?: AbortSignal;
};

/**
 * A file of any size to the media repository, never held whole. One try: after `matrix_unavailable` the caller may try
 * again, and the file may then be there twice. Spec: Content Repository, `POST /_matrix/media/v3/upload`.
 * @returns its `mxc://`.
 * @throws SurfacesError `file_changed`: fewer or more bytes than `size`; `file_too_large`: above the homeserver's limit;
 *   else as `MatrixHttp.request`. What `open` and its stream throw is thrown unchanged.
 */
export async function uploadMedia(http: MatrixHttp, file: MediaUpload): Promise<string> {
  return contentUri(await send(http, 'POST', UPLOAD, file));
}

/**
 * A place for one file, to be filled by `putMedia`. Spec: Content Repository, `POST /_matrix/media/v1/create`; v1.7. One
 * try: the homeserver allows few empty places (Synapse `max_pending_media_uploads`: five of an account, however high its
 * other limits) and keeps each for a day, so that the wait which `matrix_limited` says may be long.
 * @returns its `mxc://`.
 */
export async function reserveMedia(http: MatrixHttp): Promise<string> {
  const create = '/_matrix/media/v1/create';
  return contentUri(await http.request({ kind: 'reserve_media', method: 'POST', path: create, body: {} }));
}

/**
 * As `uploadMedia`, to a reserved place: done twice it is there once, and the second is no error. Spec: Content
 * Repository, `PUT /_matrix/media/v3/upload/{serverName}/{mediaId}`.
 * @throws as `uploadMedia`; a place that has expired is a MatrixRefusal of 404.
 */
export async function putMedia(http: MatrixHttp, file: MediaUpload & { readonly to: string }): Promise<void> {
  const { server, id } = parseMxc(file.to);
  try {
    await send(http, 'PUT', path`/_matrix/media/v3/upload/${server}/${id}`, file);
  } catch (error) {
    if (!isRefusal(error, 'M_CANNOT_OVERWRITE_MEDIA')) throw error;
  }
}

/** A reverse proxy may hold the whole body and pass it on only then. */
const ANSWER_MS = 120_000;
/** RFC 9110, 8.3.1. What breaks a header line would be refused as a request, not as a file. */
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]{1,100}\/[\w!#$%&'*+.^`|~-]{1,100}(?:\s*;[ -~]{0,200})?$/;

/** @returns what the homeserver answers as JSON. */
async function send(http: MatrixHttp, method: 'POST' | 'PUT', where: string, file: MediaUpload): Promise<unknown> {
  const { size, name, idleMs, signal } = file;
  const { chunks, close } = exactly(file);
  const type = MEDIA_TYPE.test(file.type) ? file.type : 'application/octet-stream';
  const request = { kind: 'upload', method, path: where, query: { filename: name }, body: { chunks, size, type } };
  try {
    const answerMs = Math.max(ANSWER_MS, idleMs);
    return await http.stream({ ...request, answerMs, idleMs, signal }, ({ body }) => readJson(body));
  } catch (error) {
    if (!(await isTooLarge(http, size, error))) throw error;
    const message = `the homeserver takes no ${size} bytes`;
    throw new SurfacesError('file_too_large', message, { cause: error });
  } finally {
    close();
  }
}

async function isTooLarge(http: MatrixHttp, size: number, error: unknown): Promise<boolean> {
  if (isRefusal(error)) return error.status === 413 || error.errcode === 'M_TOO_LARGE';
  // Synapse refuses by the content-length and closes the connection, which may break before its 413 is read.
  if (codeOf(error) !== 'matrix_unavailable') return false;
  return size > ((await maxUploadBytes(http, { retries: 0, timeoutMs: 5_000 }).catch(() => null)) ?? size);
}

function contentUri(answer: unknown): string {
  const uri = textField(answer, 'content_uri');
  if (uri === undefined) throw new SurfacesError('matrix_unavailable', 'the media repository answers no content_uri');
  return uri;
}

/**
 * How many bytes the homeserver takes in one upload; null where it does not say. Spec: Content Repository,
 * `GET /_matrix/client/v1/media/config`. A reverse proxy in front of it may take less.
 */
export async function maxUploadBytes(
  http: MatrixHttp,
  patience: Pick<MatrixRequest, 'retries' | 'timeoutMs'> = { retries: 4 },
): Promise<number | null> {
  const config = '/_matrix/client/v1/media/config';
  try {
    const answer = await http.request({ kind: 'media_config', method: 'GET', path: config, ...patience });
    const size = field(answer, 'm.upload.size');
    return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null;
  } catch (error) {
    if (isRefusal(error) && (error.status === 404 || error.errcode === 'M_UNRECOGNIZED')) return null;
    throw error;
  }
}
