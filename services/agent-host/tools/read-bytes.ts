import type { FileHandle } from 'node:fs/promises';

const BLOCK = 64 * 1024;

/**
 * The bytes of a file from `position` on.
 * @returns `length` bytes, fewer only where the file ends. @throws errno.
 */
export async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/**
 * The first `most` bytes in blocks, each to be used before the next: they share their memory. An end has it also where somebody
 * keeps writing to the file.
 * @throws errno; the signal’s reason.
 */
export async function* blocksOf(file: FileHandle, most: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.alloc(BLOCK);
  for (let at = 0; at < most; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, Math.min(BLOCK, most - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
