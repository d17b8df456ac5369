import { createRequire } from 'node:module';
import { type Logger, pino } from 'pino';
import type { PrettyOptions } from 'pino-pretty';
import { currentWork } from './work.ts';

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

const PRETTY = { translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname', singleLine: true } as const;

/**
 * A logger that writes to stdout: JSON lines, or with `pretty` what a person reads at a terminal. `bindings` stand on
 * every line, and so do those of the work that it is called in (`inWork`).
 */
export function createLog(level: string, bindings: Record<string, unknown>, { pretty = false } = {}): Log {
  const options = {
    level,
    base: bindings,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '[secret]' },
    // A fresh object: pino writes into what it is given.
    mixin: () => ({ ...currentWork()?.bindings }),
  };
  return pretty ? pino(options, loadPretty()({ ...PRETTY, sync: true })) : pino(options);
}

/** @returns what turns one JSON line of a log into what a person reads, without colours. */
export function prettyLines(): (line: string) => string {
  return loadPretty().prettyFactory({ ...PRETTY, translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l', colorize: false });
}

/** Loaded when needed: a role under a supervisor never is. */
function loadPretty() {
  return createRequire(import.meta.url)('pino-pretty') as {
    (options: PrettyOptions): NodeJS.WritableStream;
    prettyFactory(options: PrettyOptions): (line: string) => string;
  };
}
