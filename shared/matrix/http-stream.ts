import type { Readable } from 'node:stream';
import { textField } from '../config/json.ts';
import type { SurfacesError } from '../errors/surfaces-error.ts';
import { chunksOf } from './chunks-of.ts';
import { errorOfAnswer, MatrixRefusal } from './http-error.ts';
import { readJson } from './json-text.ts';
import { noAnswer } from './no-answer.ts';
import { redirectTarget } from './redirect.ts';
import { type StreamWatch, watchStream } from './stream-watch.ts';

export type StreamRequest = {
  /** What stands on its metrics: `download`, `upload`. */
  readonly kind: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** As in `MatrixRequest`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /**
   * Iterated once; `size` bytes in all. What it throws is thrown unchanged. The next chunk is asked for once the socket has
   * passed on the last one, unless that was smaller than 64 KiB: the buffer of a larger one may be used again.
   */
  readonly body?: { readonly chunks: AsyncIterable<Buffer>; readonly size: number; readonly type: string };
  /** Until the answer begins, counted from the last byte of the body; milliseconds. */
  readonly answerMs: number;
  /** Between two chunks of either body; milliseconds. The time that our own side takes with a chunk does not count. */
  readonly idleMs: number;
  /** For everything, our own side and all redirects included; milliseconds. */
  readonly totalMs?: number;
  /** How many 307 and 308 answers are followed; 0. Not for a request with a body, which is gone by then. */
  readonly redirects?: number;
  readonly signal?: AbortSignal;
};

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** An answer of 2xx whose body has not been read. */
export type StreamAnswer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  /** What `content-length` says, in bytes. A body that ends before it is `matrix_unavailable`. */
  readonly size: number | undefined;
  /**
   * Read once; nothing is read ahead of who iterates but what the socket holds. Who stops, ends the connection. Who is done
   * with a chunk may call `giveBack`.
   */
  readonly body: AsyncIterable<Buffer>;
};

/** One request to one address. `withToken`: no other origin had a part in it. */
export type Hop = Pick<StreamRequest, 'method'> & {
  readonly url: URL;
  readonly withToken: boolean;
  readonly body?: { readonly content: Readable; readonly size: number; readonly type: string };
  readonly signal: AbortSignal;
};
type HopAnswer = { readonly statusCode: number; readonly headers: Headers; readonly body: Readable };
export type Dispatch = (hop: Hop) => Promise<HopAnswer>;

/**
 * Sends a request, follows its redirects, and lets `use` read the answer; then the connection is free again, or gone if
 * the body was not read to its end. What `use` throws is thrown unchanged.
 */
export async function stream<T>(
  dispatch: Dispatch,
  start: URL,
  request: StreamRequest,
  use: (answer: StreamAnswer) => Promise<T>,
): Promise<T> {
  let what = `${request.method} ${request.path}`;
  let url = start;
  let withToken = true;
  const watch = watchStream(what, request);
  const sent = request.body && watchedSource(request.body.chunks, request, watch);
  // undici takes anything to iterate over; its types know of a Readable only.
  const body = request.body && sent && { ...request.body, content: sent.content as AsyncIterable<Buffer> as Readable };
  const failed = (error: unknown) => watch.reason() ?? sent?.failure() ?? noAnswer(what, error);
  try {
    for (let hops = 0; ; hops++) {
      watch.expect(request.answerMs, 'no answer');
      const hop: Hop = { method: request.method, url, withToken, body, signal: watch.signal };
      const answer: HopAnswer = await dispatch(hop).catch((error: unknown) => {
        throw failed(error);
      });
      // A body that is destroyed before its end says so as an error, also when nobody reads it.
      answer.body.on('error', () => {});
      try {
        const { statusCode: status, headers } = answer;
        const chunks = watchedChunks(answer.body, request.idleMs, watch, failed);
        if (status >= 200 && status <= 299) return await use({ status, headers, size: sizeOf(headers), body: chunks });
        const said = await readJson(chunks);
        const mayFollow = (status === 307 || status === 308) && request.redirects;
        if (!mayFollow) throw errorOf(what, status, headers, said, withToken);
        const next: URL | string =
          hops < mayFollow ? redirectTarget(url, headers.location) : `more than ${mayFollow} redirects`;
        if (typeof next === 'string') throw new MatrixRefusal(what, status, 'M_UNKNOWN', next);
        // As in fetch: once elsewhere, always without it. Else a foreign server could send us back to read what only we may.
        withToken &&= next.origin === start.origin;
        url = next;
        // Without the query, which may be a signature that opens the file.
        what = `${request.method} ${url.origin}${url.pathname}`.slice(0, 300);
      } finally {
        answer.body.destroy();
      }
    }
  } finally {
    watch.end();
    // Of one that is asked for a chunk, this is done once it has given it.
    void sent?.content.return(undefined).catch(() => {});
  }
}

async function* watchedChunks(
  body: Readable,
  idleMs: number,
  watch: StreamWatch,
  failed: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
  try {
    watch.expect(idleMs, 'nothing came of the body');
    for await (const chunk of chunksOf(body)) {
      watch.relax();
      yield chunk;
      watch.expect(idleMs, 'nothing came of the body');
    }
  } catch (error) {
    throw failed(error);
  } finally {
    watch.relax();
  }
}

/**
 * A request's body for undici: as an iterable, which it asks for the next chunk when the last one has left; a stream would
 * read ahead, and cost twice the time. `failure`: what the source threw, and no connection.
 */
function watchedSource(
  chunks: AsyncIterable<Buffer>,
  { idleMs, answerMs }: StreamRequest,
  watch: StreamWatch,
): { readonly content: AsyncGenerator<Buffer>; failure(): unknown } {
  let failure: unknown;
  async function* watched() {
    watch.expect(idleMs, 'the file to send gave nothing');
    try {
      for await (const chunk of chunks) {
        watch.expect(idleMs, 'the homeserver took nothing');
        yield chunk;
        watch.expect(idleMs, 'the file to send gave nothing');
      }
    } catch (error) {
      failure = error;
      throw error;
    }
    watch.expect(answerMs, 'no answer to the whole body');
  }
  return { content: watched(), failure: () => failure };
}

function sizeOf(headers: Headers): number | undefined {
  const length = headers['content-length'];
  return typeof length === 'string' && /^\d+$/.test(length) ? Number(length) : undefined;
}

function errorOf(what: string, status: number, headers: Headers, said: unknown, withToken: boolean): SurfacesError {
  const errcode = textField(said, 'errcode') ?? 'M_UNKNOWN';
  // Synapse answers 502 for a file of another server that is above its own limit: it will be so tomorrow, too. And who
  // got no token cannot say that it is invalid.
  if (errcode !== 'M_TOO_LARGE' && (withToken || status !== 401)) return errorOfAnswer(what, status, headers, said);
  return new MatrixRefusal(what, status, errcode.slice(0, 80), textField(said, 'error')?.slice(0, 200) ?? '');
}
