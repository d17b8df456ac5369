const NEWLINE = 0x0a;

/** A piece of a file as text. `skipped` bytes before it and whatever is after `skipped + length` are not in it. */
export type Piece = {
  readonly text: string;
  readonly skipped: number;
  readonly length: number;
  readonly lines: number;
};

type Cut = {
  /** Whether the file begins, or ends, with these bytes; otherwise a character may be torn there. */
  readonly isStart: boolean;
  readonly isEnd: boolean;
  readonly mostLines: number;
  /** Whether a line that is not whole is left for the next piece, if there is one before it. */
  readonly wholeLines: boolean;
};

/** The text in some bytes of a file, between whole characters. @returns `undefined` for what is not UTF-8, or has a NUL. */
export function cutText(bytes: Buffer, { isStart, isEnd, mostLines, wholeLines }: Cut): Piece | undefined {
  const skipped = isStart ? 0 : tornBeginning(bytes);
  let piece = bytes.subarray(skipped);
  if (!isEnd) piece = piece.subarray(0, piece.length - tornEnd(piece));
  const byLines = endOfLines(piece, mostLines);
  if (byLines !== undefined) piece = piece.subarray(0, byLines);
  else if (!isEnd && wholeLines) piece = piece.subarray(0, piece.lastIndexOf(NEWLINE) + 1 || piece.length);
  const text = textOf(piece);
  if (text === undefined) return undefined;
  const lineEnds = text.split('\n').length - 1;
  return { text, skipped, length: piece.length, lines: lineEnds + (text === '' || text.endsWith('\n') ? 0 : 1) };
}

/** Bytes as UTF-8, without a mark of their order; `undefined` where they are none, or have a NUL, which no text has. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Where the last of so many lines ends; `undefined` where there are not that many. */
function endOfLines(bytes: Buffer, most: number): number | undefined {
  let end = 0;
  for (let line = 0; line < most; line += 1) {
    end = bytes.indexOf(NEWLINE, end) + 1;
    if (end === 0) return undefined;
  }
  return end;
}

/** Bytes at the beginning that go on with a character from before: at most three. */
function tornBeginning(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && count < bytes.length && isContinuation(bytes[count]!)) count += 1;
  return count;
}

/** Bytes at the end that begin a character and do not finish it: at most three. */
export function tornEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (isContinuation(byte)) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
