import { SurfacesError } from '../errors/surfaces-error.ts';

/** What a request throws when its caller's signal aborted it. */
export function aborted(signal: AbortSignal): DOMException {
  return Object.assign(new DOMException('the request was aborted', 'AbortError'), { cause: signal.reason });
}

/** A try that ended without an answer, or without the end of one. `why` is in words, or what undici threw. */
export function noAnswer(what: string, why: unknown): SurfacesError {
  if (typeof why === 'string') return new SurfacesError('matrix_unavailable', `${what}: ${why}`);
  const { code, message } = why as NodeJS.ErrnoException;
  return new SurfacesError('matrix_unavailable', `${what}: ${code ?? message ?? String(why)}`, { cause: why });
}
