import { createRequire } from 'node:module';
import { codeOf, SurfacesError } from '../errors/surfaces-error.ts';
import { counter, histogram } from '../runtime/metrics.ts';
import { backoff, sleep } from '../time/time.ts';
import { connectors } from './connectors.ts';
import { errorOfAnswer } from './http-error.ts';
import { type Dispatch, type StreamAnswer, type StreamRequest, stream } from './http-stream.ts';
import { parseJson, wellFormedJson } from './json-text.ts';
import { aborted, noAnswer } from './no-answer.ts';

// The one door to undici. Its index loads fetch, WebSocket, caches and mocks: 29 MB of resident memory in each process,
// against 14 MB for the pool and the request call alone (measured on Node 24). The version is pinned in package.json.
const require = createRequire(import.meta.url);
const Pool = require('undici/lib/dispatcher/pool.js') as typeof import('undici').Pool;
const buildConnector = require('undici/lib/core/connect.js') as typeof import('undici').buildConnector;
const apiRequest = require('undici/lib/api/api-request.js') as (
  this: import('undici').Pool,
  options: import('undici').Dispatcher.RequestOptions,
) => Promise<import('undici').Dispatcher.ResponseData>;

export type MatrixRequest = {
  /** What stands on its metrics: `send`, `sync`, `create_room`, … */
  readonly kind: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Begins with `/_matrix` or `/_synapse`; its parts are encoded by the caller: see `path`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** JSON; or, with `bytes`, nothing. */
  readonly body?: unknown;
  /** A body that is no JSON, with its type. */
  readonly bytes?: { readonly content: Uint8Array; readonly type: string };
  /** For one try, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Further tries after `matrix_unavailable` and `matrix_limited`. Only for what may be done twice. */
  readonly retries?: number;
};

export type MatrixHttp = {
  /**
   * The answer's JSON.
   * @throws SurfacesError `matrix_unavailable`, `matrix_limited` (with retryAfterMs), `matrix_token_invalid`;
   *   MatrixRefusal for any other 4xx; a DOMException `AbortError` when the signal aborted.
   */
  request<T = Record<string, unknown>>(request: MatrixRequest): Promise<T>;
  /**
   * One try of a request whose bodies are of any size and never held whole. `use` reads the answer; its metrics count
   * until it is done. Never sends the token to another origin than the homeserver's.
   * @throws as `request`; a redirect that may not be followed is a MatrixRefusal. What `use` throws, unchanged.
   */
  stream<T>(request: StreamRequest, use: (answer: StreamAnswer) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

const TIMEOUT_MS = 30_000;
/** Enough for a page's gap fills or for all sends in flight; a homeserver's worker serves no more at once anyway. */
const CONNECTIONS = 32;

const { resetting, receiving } = connectors(buildConnector);
const POOL = {
  // Below the idle limits of common reverse proxies, so that we close a connection before they do.
  keepAliveTimeout: 15_000,
  connect: resetting,
  // The deadline of a try is ours (below); undici's own would end a long poll.
  headersTimeout: 0,
  bodyTimeout: 0,
};
const STREAM_POOL = { ...POOL, connect: receiving };

const requests = counter('matrix_requests_total', 'requests to the homeserver by kind and outcome', [
  'kind',
  'outcome',
]);
const seconds = histogram('matrix_request_seconds', 'how long the homeserver took to answer', ['kind']);

/** Requests to one homeserver as one account, over connections that are kept. */
export function createMatrixHttp(options: { baseUrl: string; accessToken: string; connections?: number }): MatrixHttp {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const connections = options.connections ?? CONNECTIONS;
  const pool = new Pool(base.origin, { ...POOL, connections });
  const authorization = `Bearer ${options.accessToken}`;
  const headers = { authorization, accept: 'application/json' };
  const streams = new Pool(base.origin, { ...STREAM_POOL, connections });
  const elsewhere = new Set<import('undici').Pool>();

  async function once(request: MatrixRequest): Promise<unknown> {
    const what = `${request.method} ${request.path}`;
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    request.signal?.addEventListener('abort', onAbort, { once: true });
    const timeoutMs = request.timeoutMs ?? TIMEOUT_MS;
    const timer = setTimeout(onAbort, timeoutMs);
    const json = request.body === undefined ? undefined : wellFormedJson(request.body);
    const body = request.bytes?.content ?? json;
    const type = request.bytes?.type ?? 'application/json';
    try {
      if (request.signal?.aborted) throw aborted(request.signal);
      const answer = await apiRequest.call(pool, {
        method: request.method,
        path: prefix + request.path + queryText(request.query),
        headers: body === undefined ? headers : { ...headers, 'content-type': type },
        body,
        signal: stop.signal,
      });
      const said = parseJson(await answer.body.text());
      if (answer.statusCode < 200 || answer.statusCode > 299)
        throw errorOfAnswer(what, answer.statusCode, answer.headers, said);
      if (said === undefined) throw new SurfacesError('matrix_unavailable', `${what}: the answer is not JSON`);
      return said;
    } catch (error) {
      if (error instanceof SurfacesError) throw error;
      if (request.signal?.aborted) throw aborted(request.signal);
      throw noAnswer(what, stop.signal.aborted ? `no answer within ${timeoutMs} ms` : error);
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Of another origin one connection, without the token, until the body is read. */
  const dispatch: Dispatch = async ({ url, method, withToken, body, signal }) => {
    const ours = url.origin === base.origin;
    const through = ours ? streams : new Pool(url.origin, { ...STREAM_POOL, connections: 1 });
    if (!ours) elsewhere.add(through);
    const leave = () => {
      if (elsewhere.delete(through)) void through.destroy();
    };
    try {
      const answer = await apiRequest.call(through, {
        method,
        path: url.pathname + url.search,
        headers: {
          accept: '*/*',
          'accept-encoding': 'identity',
          ...(ours && withToken && { authorization }),
          ...(body && { 'content-type': body.type, 'content-length': String(body.size) }),
        },
        body: body?.content,
        signal,
      });
      answer.body.once('close', leave);
      return answer;
    } catch (error) {
      leave();
      throw error;
    }
  };

  async function counted<T>(kind: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    let outcome = 'ok';
    try {
      return await work();
    } catch (error) {
      outcome = isAbort(error) ? 'aborted' : codeOf(error).replace(/^matrix_/, '');
      throw error;
    } finally {
      requests.inc({ kind, outcome });
      seconds.observe({ kind }, (performance.now() - started) / 1000);
    }
  }

  return {
    async request<T>(request: MatrixRequest): Promise<T> {
      for (let attempt = 0; ; attempt++) {
        try {
          return (await counted(request.kind, () => once(request))) as T;
        } catch (error) {
          if (!(error instanceof SurfacesError) || error.disposition !== 'wait') throw error;
          if (attempt >= (request.retries ?? 0)) throw error;
          const slept = await sleep(error.retryAfterMs ?? backoff(attempt), request.signal);
          if (!slept && request.signal) throw aborted(request.signal);
        }
      }
    },
    stream(request, use) {
      const start = new URL(prefix + request.path + queryText(request.query), base.origin);
      return counted(request.kind, () => stream(dispatch, start, request, use));
    },
    async close() {
      await Promise.all([pool, streams, ...elsewhere].map((each) => each.destroy()));
    },
  };
}

/** A path whose `${…}` parts are encoded, so that no id of any shape leaves its place in the path. */
export function path(strings: TemplateStringsArray, ...parts: string[]): string {
  return strings.reduce((whole, text, index) => whole + encodeURIComponent(parts[index - 1] ?? '') + text);
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

function queryText(query: MatrixRequest['query']): string {
  const entries = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return '';
  return `?${new URLSearchParams(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])))}`;
}
