import { ModelError } from './model-error.ts';

export type Patience = {
  /** Until the answer's headers, in ms. */
  readonly headersTimeoutMs: number;
  /** Until the next piece of progress, in ms. */
  readonly inactivityMs: number;
};

/** @param forMs how long what follows may take, in ms; the usual time unless it is given. */
export type Progress = (forMs?: number) => void;

/** setTimeout takes no longer times. */
const LONGEST_MS = 2 ** 31 - 1;
const SILENT = 'the model’s server has not answered in time';

/**
 * One HTTP request and its answer, read to the end by `read`, which reports each progress. The connection is closed when
 * the time is up, when the signal aborts, or when `read` leaves something unread: a server stops generating then.
 * @throws ModelError `unreachable`, `silent`, `broken_off`; the signal's reason; whatever `read` throws.
 */
export async function exchange<T>(
  url: string,
  init: Pick<RequestInit, 'method' | 'headers' | 'body'>,
  patience: Patience,
  signal: AbortSignal,
  read: (response: Response, progress: Progress) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  const stop = () => own.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  let timer: NodeJS.Timeout | undefined;
  let answered = false;
  const waitFor = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => own.abort(new ModelError('silent', SILENT)), Math.min(ms, LONGEST_MS));
  };
  try {
    waitFor(patience.headersTimeoutMs);
    // A redirect would be followed with another method, or to a server that was not meant.
    const response = await fetch(url, { ...init, signal: own.signal, redirect: 'manual' });
    answered = true;
    waitFor(patience.inactivityMs);
    return await read(response, (forMs = patience.inactivityMs) => waitFor(forMs));
  } catch (error) {
    signal.throwIfAborted();
    throw own.signal.aborted ? own.signal.reason : networkError(error, answered);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    own.abort();
  }
}

/** What `fetch` and the bodies of its answers reject with: a TypeError around the cause, of whose texts none is safe. */
function networkError(error: unknown, answered: boolean): unknown {
  if (!(error instanceof TypeError) || !/^(fetch failed|terminated)$/.test(error.message)) return error;
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return new ModelError('silent', SILENT);
  // Ports of other protocols, such as 6000, are closed to `fetch`.
  const known = code ?? ((error.cause as Error | undefined)?.message === 'bad port' ? 'bad port' : undefined);
  const why = typeof known === 'string' && /^(bad port|[A-Z0-9_]+)$/.test(known) ? ` (${known})` : '';
  return answered
    ? new ModelError('broken_off', `the connection to the model’s server broke off${why}`)
    : new ModelError('unreachable', `the model’s server cannot be reached${why}`);
}

/** Of an answer that is not streamed; longer ones are refused. */
const MOST_BYTES = 16 * 1024 * 1024;

/** @throws ModelError `refused` for more than 16 MiB. */
export async function bodyText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new ModelError('refused', 'the model’s server answered with far too much');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
