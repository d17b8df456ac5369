import { copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';

/** Two files of this size at most for each process: 20 MiB hold some hours at debug level. */
const ROTATE_AT = 20 * 2 ** 20;

/** Opens for appending. A child writes to it directly, so that its log goes on when the supervisor dies. */
export function openLog(path: string): number {
  return openSync(path, 'a', 0o600);
}

export function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

/**
 * Moves a log that has grown large to `.1`. Its writer keeps the file open, so the content is copied and the file cut;
 * what is written between the two (a few milliseconds) is lost, which a log can bear and a restart for it could not.
 */
export function rotateLog(path: string, limit = ROTATE_AT): boolean {
  if (sizeOf(path) < limit) return false;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
  return true;
}

/** The last `lines` lines written after byte `from`. */
export function tailOf(path: string, lines: number, from = 0): string[] {
  let text: string;
  try {
    const content = readFileSync(path);
    text = content.subarray(from <= content.length ? from : 0).toString('utf8');
  } catch {
    return [];
  }
  return text.split('\n').filter(Boolean).slice(-lines);
}

/** The end of a log, for whoever has to find out what went wrong. */
export function lastLines(path: string, lines = 8): string {
  const tail = tailOf(path, lines).map((line) => `  ${line.slice(0, 400)}`);
  return [`The end of its log, ${path}:`, ...(tail.length > 0 ? tail : ['  (nothing)'])].join('\n');
}

/**
 * Why a process ended, from what it wrote after byte `from`: its last lines that are no log lines (what it said on
 * stderr), or else the message of its last log line of level error or fatal.
 */
export function lastWords(path: string, from: number): string | undefined {
  const lines = tailOf(path, 200, from);
  const plain = lines.filter((line) => !line.startsWith('{')).slice(-12);
  if (plain.length > 0) return plain.join('\n');
  for (const line of lines.toReversed()) {
    try {
      const entry = JSON.parse(line) as { level?: string; msg?: string };
      if (entry.level === 'fatal' || entry.level === 'error') return entry.msg;
    } catch {
      // Cut in the middle by the end of the process.
    }
  }
  return undefined;
}
