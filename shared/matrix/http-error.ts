import { SurfacesError } from '../errors/surfaces-error.ts';

/** A refusal for good: the same request gets the same answer. `errcode` is Matrix's own (`M_FORBIDDEN`, `M_TOO_LARGE`, …). */
export class MatrixRefusal extends SurfacesError {
  readonly status: number;
  readonly errcode: string;

  constructor(what: string, status: number, errcode: string, text: string) {
    super('matrix_refused', `${what}: ${status} ${errcode}${text === '' ? '' : `: ${text}`}`);
    this.status = status;
    this.errcode = errcode;
  }
}

export function isRefusal(error: unknown, errcode?: string): error is MatrixRefusal {
  return error instanceof MatrixRefusal && (errcode === undefined || error.errcode === errcode);
}

/** What an answer that is not 2xx means. `what` names the request without its token and its content. */
export function errorOfAnswer(
  what: string,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: unknown,
): SurfacesError {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const errcode = typeof fields.errcode === 'string' ? fields.errcode.slice(0, 80) : 'M_UNKNOWN';
  const text = typeof fields.error === 'string' ? fields.error.slice(0, 200) : '';
  if (status === 429 || errcode === 'M_LIMIT_EXCEEDED') {
    const retryAfterMs = retryAfter(headers['retry-after'], fields.retry_after_ms);
    return new SurfacesError('matrix_limited', `${what}: the homeserver limits the account`, { retryAfterMs });
  }
  if (status === 401 && (errcode === 'M_UNKNOWN_TOKEN' || errcode === 'M_MISSING_TOKEN')) {
    return new SurfacesError(
      'matrix_token_invalid',
      `${what}: the homeserver refuses MATRIX_ACCESS_TOKEN (${errcode})`,
    );
  }
  if (status >= 500 || status === 408 || (status >= 300 && status < 400)) {
    const retryAfterMs = retryAfter(headers['retry-after'], undefined, 0) || undefined;
    return new SurfacesError('matrix_unavailable', `${what}: the homeserver answered ${status} ${text}`.trimEnd(), {
      retryAfterMs,
    });
  }
  return new MatrixRefusal(what, status, errcode, text);
}

const LIMITED_DEFAULT_MS = 1_000;
const LIMITED_MOST_MS = 10 * 60_000;

/**
 * Milliseconds to wait. `retry_after_ms` is deprecated since v1.10 in favour of the header (seconds, or a date), and a
 * server may give either alone: the longer of the two holds.
 */
export function retryAfter(
  header: string | string[] | undefined,
  field: unknown,
  otherwise: number = LIMITED_DEFAULT_MS,
  now: number = Date.now(),
): number {
  const text = Array.isArray(header) ? header[0] : header;
  const seconds = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  const date = text === undefined ? Number.NaN : Date.parse(text) - now;
  const fromHeader = Number.isFinite(seconds) ? seconds * 1000 : Number.isFinite(date) ? date : 0;
  const fromField = typeof field === 'number' && Number.isFinite(field) ? field : 0;
  const longest = Math.max(fromHeader, fromField);
  return longest > 0 ? Math.min(Math.ceil(longest), LIMITED_MOST_MS) : otherwise;
}
