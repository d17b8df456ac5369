import { type Disposition, ERROR_CODES, type ErrorCode } from './codes.ts';

/** An error with a code of the one table. `message` is for the operator; the person's text comes from the catalogue. */
export class SurfacesError extends Error {
  readonly code: ErrorCode;
  /** For waits: how long until it is worth trying again, in milliseconds, where the other side said so. */
  readonly retryAfterMs: number | undefined;
  /** For what was too much: how much there may be, in bytes. */
  readonly limit: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number; limit?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SurfacesError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.limit = options.limit;
  }

  get disposition(): Disposition {
    return ERROR_CODES[this.code].disposition;
  }
}

/** What is known of any thrown value: its code, or `internal` for what nobody foresaw. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof SurfacesError ? error.code : 'internal';
}

/** One line for a log or a terminal. */
export function describe(error: unknown): string {
  if (error instanceof SurfacesError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message || error.name : String(error);
}
