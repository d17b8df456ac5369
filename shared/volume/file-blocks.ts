import { type FileHandle, open } from 'node:fs/promises';

/** Bytes. What a file takes of memory on its way, whatever its size. Larger ones cost no less time. */
const BLOCK = 512 * 1024;

type Reading = {
  readonly signal?: AbortSignal;
  /** What to throw where the disk does not give it. */
  readonly unreadable?: (error: unknown) => unknown;
};

/**
 * What an open file has from where it stands to its end. All in one buffer: a block is valid until the next is asked for,
 * and all but the last are full. A buffer for each would be collected as fast as it is made, at a cost above that of all
 * reading: what lies outside of V8’s heap makes it look through all of the heap, again and again.
 * @throws the signal’s reason; errno, or what `unreadable` makes of it.
 */
export async function* blocksOf(file: FileHandle, { signal, unreadable }: Reading = {}): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(BLOCK);
  for (;;) {
    signal?.throwIfAborted();
    let filled = 0;
    while (filled < BLOCK) {
      const { bytesRead } = await file.read(buffer, filled, BLOCK - filled, null).catch((error: unknown) => {
        throw unreadable ? unreadable(error) : error;
      });
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    if (filled > 0) yield buffer.subarray(0, filled);
    if (filled < BLOCK) return;
  }
}

/** `blocksOf` a file of our own, which is opened for it and closed behind it. */
export async function* blocksAt(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path);
  yield* blocksOf(file);
}
