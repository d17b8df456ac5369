import { ModelError } from './model-error.ts';
import { type Answer, type Outgoing, send } from './send.ts';

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
  outgoing: Outgoing,
  patience: Patience,
  signal: AbortSignal,
  read: (answer: Answer, progress: Progress) => Promise<T>,
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
    const answer = await send(url, outgoing, own.signal);
    answered = true;
    waitFor(patience.inactivityMs);
    return await read(answer, (forMs = patience.inactivityMs) => waitFor(forMs));
  } catch (error) {
    signal.throwIfAborted();
    throw own.signal.aborted ? own.signal.reason : networkError(error, answered);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    own.abort();
  }
}

/** What connections fail with has a code, and texts of which none is safe to show; anything else is not about the network. */
function networkError(error: unknown, answered: boolean): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof TypeError || typeof code !== 'string' || !/^[A-Z0-9_]+$/.test(code)) return error;
  return answered
    ? new ModelError('broken_off', `the connection to the model’s server broke off (${code})`)
    : new ModelError('unreachable', `the model’s server cannot be reached (${code})`);
}

/** Of an answer that is not streamed; longer ones are refused. */
const MOST_BYTES = 16 * 1024 * 1024;

/** @throws ModelError `refused` for more than 16 MiB. */
export async function bodyText({ body }: Answer): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new ModelError('refused', 'the model’s server answered with far too much');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
