import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Names under which secrets could come by; what stands under them is never written. */
const SECRET_PATHS = [
  'token',
  'access_token',
  'password',
  'authorization',
  'secret',
  'registration_shared_secret',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** A logger that writes JSON lines to stdout. `bindings` stand on every line. */
export function createLog(level: string, bindings: Record<string, unknown>): Log {
  return pino({
    level,
    base: bindings,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '[secret]' },
  });
}
