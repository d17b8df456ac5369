import type { FileHandle } from 'node:fs/promises';
import { blocksOf } from './read-bytes.ts';

/** Bytes that are searched for a line; some tens of milliseconds. */
const MOST_SEARCHED = 64 * 1024 ** 2;
const NEWLINE = 0x0a;

/** Where a line begins, in bytes; or how many lines were found before the search ended, and whether the file ended too. */
export type LineStart =
  | { readonly found: true; readonly at: number }
  | { readonly found: false; readonly lines: number; readonly isEnd: boolean };

/**
 * Finds the beginning of a line, in the first 64 MiB of a file.
 * @param line from 1. @throws errno; the signal’s reason.
 */
export async function findLine(file: FileHandle, line: number, signal: AbortSignal): Promise<LineStart> {
  if (line === 1) return { found: true, at: 0 };
  let lineEnds = 0;
  let at = 0;
  let endsInLine = false;
  for await (const block of blocksOf(file, MOST_SEARCHED, signal)) {
    for (let next = block.indexOf(NEWLINE); next >= 0; next = block.indexOf(NEWLINE, next + 1)) {
      lineEnds += 1;
      if (lineEnds === line - 1) return { found: true, at: at + next + 1 };
    }
    at += block.length;
    endsInLine = block.at(-1) !== NEWLINE;
  }
  return { found: false, lines: lineEnds + (endsInLine ? 1 : 0), isEnd: at < MOST_SEARCHED };
}
