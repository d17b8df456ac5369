/** A write and a hash update cost the same for 16 KB, as sockets give them, as for this: it halves the time of a download. */
const BLOCK = 512 * 1024;

/** Gathers chunks into blocks. What is written is only valid until the next write. `flush` at the end. */
export function inBlocks(write: (block: Uint8Array) => Promise<void>) {
  const block = Buffer.allocUnsafe(BLOCK);
  let filled = 0;
  const flush = async () => {
    if (filled > 0) await write(block.subarray(0, filled));
    filled = 0;
  };
  return {
    flush,
    async write(chunk: Uint8Array): Promise<void> {
      for (let at = 0; at < chunk.length; ) {
        const piece = chunk.subarray(at, at + BLOCK - filled);
        block.set(piece, filled);
        filled += piece.length;
        at += piece.length;
        if (filled === BLOCK) await flush();
      }
    },
  };
}
