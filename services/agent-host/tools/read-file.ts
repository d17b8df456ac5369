import type { FileHandle } from 'node:fs/promises';
import { z } from '../../../shared/config/zod.ts';
import { openBeneath } from '../../../shared/volume/open-beneath.ts';
import { cutText, type Piece, textOf, tornEnd } from './cut-text.ts';
import { findLine } from './find-line.ts';
import { guessType, HEAD_BYTES } from './guess-type.ts';
import { makeTool } from './make-tool.ts';
import { readBytes } from './read-bytes.ts';
import { filePath, shownPath } from './workspace-path.ts';

const MOST_BYTES = 64 * 1024;
/** Enough that between two torn characters there is a whole one: every call gets further. */
const LEAST_BYTES = 8;

type Args = {
  readonly from_line?: number;
  readonly lines?: number;
  readonly from_byte?: number;
  readonly bytes?: number;
};

export const readFileTool = makeTool({
  name: 'read_file',
  description: `Reads a text file of the workspace (UTF-8), at most ${MOST_BYTES} bytes a call. The first line of the answer says what part of the file follows and how to go on. Of a file that is not text it says size and type.`,
  schema: z
    .object({
      path: filePath.describe('Relative to the workspace, as list_files shows it, such as "inbox/report.csv".'),
      from_line: z.number().int().min(1).optional().describe('The first line to read; lines count from 1.'),
      lines: z.number().int().min(1).optional().describe('How many lines to read at most.'),
      from_byte: z
        .number()
        .int()
        .min(0)
        .optional()
        .describe('Where to begin instead of from_line; bytes count from 0.'),
      bytes: z.number().int().min(1).optional().describe(`How many bytes to read at most, up to ${MOST_BYTES}.`),
    })
    .refine(({ from_line, from_byte }) => from_line === undefined || from_byte === undefined, {
      error: 'give from_line or from_byte, not both',
    }),
  title: (args) => `reads ${args ? shownPath(args.path) : 'a file'}`,
  async run({ path, ...range }, { workspace, signal }) {
    await using file = await openBeneath(workspace, path);
    signal.throwIfAborted();
    // Awaited here: the file is closed as soon as this returns.
    return await read(file, shownPath(path), range, signal);
  },
});

async function read(file: FileHandle, name: string, range: Args, signal: AbortSignal): Promise<string> {
  const { size } = await file.stat();
  const head = await readBytes(file, 0, HEAD_BYTES);
  if (head.length === 0) return `${name} is empty (0 bytes).`;
  if (textOf(head.subarray(0, head.length < HEAD_BYTES ? head.length : head.length - tornEnd(head))) === undefined)
    return `${name} is not UTF-8 text, so it cannot be read here: ${size} bytes, by its first bytes ${guessType(head)}. offer_file sends it to the person.`;

  const line = range.from_byte === undefined ? (range.from_line ?? 1) : undefined;
  const start =
    line === undefined ? { found: true as const, at: range.from_byte! } : await findLine(file, line, signal);
  if (!start.found && !start.isEnd)
    return `Line ${line} of ${name} is too far into it to be counted to; use from_byte, which may be up to ${size - 1}.`;
  if (!start.found || start.at >= size) {
    const lines = start.found ? line && line - 1 : start.lines;
    return `${name} ends before that: it has ${size} bytes${lines ? ` in ${lines} lines` : ''}. Begin further in front.`;
  }

  signal.throwIfAborted();
  const bytes = await readBytes(file, start.at, clamped(range.bytes));
  const piece = cutText(bytes, {
    isStart: start.at === 0,
    isEnd: start.at + bytes.length >= size,
    mostLines: range.lines ?? Number.POSITIVE_INFINITY,
    wholeLines: line !== undefined,
  });
  if (!piece)
    return `${name} has ${size} bytes and begins as UTF-8 text, but among those asked for, from byte ${start.at} on, are some that are none. Ask for fewer bytes, or for others.`;
  if (piece.length === 0) return `${name} ends within that character: it has ${size} bytes. Begin further in front.`;
  return `${headOf(name, { piece, at: start.at, line, size })}\n${piece.text}`;
}

/** In front of the text: there nothing that stands in the file can be taken for it. */
function headOf(
  name: string,
  { piece, at, line, size }: { piece: Piece; at: number; line: number | undefined; size: number },
): string {
  const from = at + piece.skipped;
  const end = from + piece.length;
  if (from === 0 && end >= size) return `${name}, the whole file, ${size} bytes:`;
  const where =
    line === undefined ? '' : piece.lines === 1 ? `line ${line}, ` : `lines ${line} to ${line + piece.lines - 1}, `;
  const part = `${name}, ${where}bytes ${from} to ${end - 1} of ${size}`;
  if (end >= size) return `${part}, the end of the file:`;
  const next = line !== undefined && piece.text.endsWith('\n') ? `from_line ${line + piece.lines}` : `from_byte ${end}`;
  return `${part}; to go on, call read_file with ${next}:`;
}

function clamped(bytes = MOST_BYTES): number {
  return Math.min(MOST_BYTES, Math.max(LEAST_BYTES, bytes));
}
