import { createHash } from 'node:crypto';
import { blocksOf } from './file-blocks.ts';
import { openResting } from './open-beneath.ts';
import { changed, isUnchanged } from './plain-file.ts';
import { tooLarge, unreadable } from './stable-copy.ts';

/** An offered file that is open, and was at rest. Whoever has it disposes of it. */
export type StableRead = AsyncDisposable & {
  /** Bytes. */
  readonly size: number;
  /** Its beginning. What was made out from this is true of what `blocks` gives, whoever wrote in between. */
  readonly head: Buffer;
  /**
   * The content, once, as `blocksOf` gives it. The last block is held back until all of it has been read, the file is still
   * what was opened, and `agree` has not thrown: whoever passes the blocks on has passed on a whole file, or knows that it
   * is none. What becomes of the file after that is of no concern.
   */
  blocks(agree: (sha256: string) => Promise<void>): AsyncGenerator<Buffer>;
};

type Order = {
  /** The workspace. */
  readonly root: string;
  /** As the agent offers it. */
  readonly path: string;
  readonly headBytes: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
};

/**
 * Opens an offered file to read it where it lies, without a copy: for content that may be passed on while nobody knows yet
 * whether it holds still. Opened as `openBeneath` does.
 * @throws SurfacesError as `openBeneath`, and `file_too_large`; `blocks` throws `file_changed`, what `agree` throws, the
 * signal’s reason.
 */
export async function stableRead({ root, path, headBytes, maxBytes, signal }: Order): Promise<StableRead> {
  signal?.throwIfAborted();
  const { file, state } = await openResting(root, path);
  const size = Number(state.size);

  async function readHead(): Promise<Buffer> {
    const head = Buffer.alloc(Math.min(headBytes, size));
    const { bytesRead } = await file.read(head, 0, head.length, 0).catch((error: unknown) => {
      throw unreadable(path)(error);
    });
    if (bytesRead < head.length) throw changed(path);
    return head;
  }

  async function* blocks(head: Buffer, agree: (sha256: string) => Promise<void>): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    let bytes = 0;
    const settle = async () => {
      if (bytes !== size || !isUnchanged(state, await file.stat({ bigint: true }))) throw changed(path);
      await agree(hash.digest('hex'));
    };
    for await (const block of blocksOf(file, { signal, unreadable: unreadable(path) })) {
      if (bytes === 0 && !block.subarray(0, head.length).equals(head)) throw changed(path);
      bytes += block.length;
      hash.update(block);
      if (bytes < size) yield block;
      else {
        await settle();
        return yield block;
      }
    }
    // Empty, or shorter than it was.
    await settle();
  }

  try {
    if (size > maxBytes) throw tooLarge(path, maxBytes);
    const head = await readHead();
    return { size, head, blocks: (agree) => blocks(head, agree), [Symbol.asyncDispose]: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}
