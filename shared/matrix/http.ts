import { createRequire } from 'node:module';
import { codeOf, SurfacesError } from '../errors/surfaces-error.ts';
import { counter, histogram } from '../runtime/metrics.ts';
import { backoff, sleep } from '../time/time.ts';
import { errorOfAnswer } from './http-error.ts';

// The one door to undici. Its index loads fetch, WebSocket, caches and mocks: 29 MB of resident memory in each process,
// against 14 MB for the pool and the request call alone (measured on Node 24). The version is pinned in package.json.
const require = createRequire(import.meta.url);
const Pool = require('undici/lib/dispatcher/pool.js') as typeof import('undici').Pool;
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
  close(): Promise<void>;
};

const TIMEOUT_MS = 30_000;
/** Enough for a page's gap fills or for all sends in flight; a homeserver's worker serves no more at once anyway. */
const CONNECTIONS = 32;
/** Below the idle limits of common reverse proxies, so that we close a connection before they do. */
const KEEP_ALIVE_MS = 15_000;

const requests = counter('matrix_requests_total', 'requests to the homeserver by kind and outcome', [
  'kind',
  'outcome',
]);
const seconds = histogram('matrix_request_seconds', 'how long the homeserver took to answer', ['kind']);

/** Requests to one homeserver as one account, over connections that are kept. */
export function createMatrixHttp(options: { baseUrl: string; accessToken: string; connections?: number }): MatrixHttp {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const pool = new Pool(base.origin, {
    connections: options.connections ?? CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout: 10_000 },
    // The deadline of a try is ours (below); undici's own would end a long poll.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const headers = { authorization: `Bearer ${options.accessToken}`, accept: 'application/json' };

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
      const text = await answer.body.text();
      const said = parse(text);
      if (answer.statusCode < 200 || answer.statusCode > 299)
        throw errorOfAnswer(what, answer.statusCode, answer.headers, said);
      if (said === undefined) throw new SurfacesError('matrix_unavailable', `${what}: the answer is not JSON`);
      return said;
    } catch (error) {
      if (error instanceof SurfacesError) throw error;
      if (request.signal?.aborted) throw aborted(request.signal);
      const why = stop.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
      throw new SurfacesError('matrix_unavailable', `${what}: ${why}`, { cause: error });
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
    }
  }

  async function counted(request: MatrixRequest): Promise<unknown> {
    const started = performance.now();
    let outcome = 'ok';
    try {
      return await once(request);
    } catch (error) {
      outcome = isAbort(error) ? 'aborted' : codeOf(error).replace(/^matrix_/, '');
      throw error;
    } finally {
      requests.inc({ kind: request.kind, outcome });
      seconds.observe({ kind: request.kind }, (performance.now() - started) / 1000);
    }
  }

  return {
    async request<T>(request: MatrixRequest): Promise<T> {
      for (let attempt = 0; ; attempt++) {
        try {
          return (await counted(request)) as T;
        } catch (error) {
          if (!(error instanceof SurfacesError) || error.disposition !== 'wait') throw error;
          if (attempt >= (request.retries ?? 0)) throw error;
          const slept = await sleep(error.retryAfterMs ?? backoff(attempt), request.signal);
          if (!slept && request.signal) throw aborted(request.signal);
        }
      }
    },
    close: () => pool.destroy(),
  };
}

/** A path whose `${…}` parts are encoded, so that no id of any shape leaves its place in the path. */
export function path(strings: TemplateStringsArray, ...parts: string[]): string {
  return strings.reduce((whole, text, index) => whole + encodeURIComponent(parts[index - 1] ?? '') + text);
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

function aborted(signal: AbortSignal): DOMException {
  return Object.assign(new DOMException('the request was aborted', 'AbortError'), { cause: signal.reason });
}

function queryText(query: MatrixRequest['query']): string {
  const entries = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return '';
  return `?${new URLSearchParams(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])))}`;
}

/** A lone surrogate (half an emoji, cut somewhere) makes Synapse answer 500 for ever: it goes out as U+FFFD. */
function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!/\\ud[89a-f]/.test(json)) return json;
  return JSON.stringify(value, (_key, part) => (typeof part === 'string' ? part.toWellFormed() : part));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message ?? String(error);
}
