/** Bytes. A write costs a thread's wake-up, whatever its size; what is much larger has left the processor's cache by then. */
const BLOCK = 256 * 1024;
/** A chunk of a few bytes may hold on to 64 KiB. */
const MOST_CHUNKS = 16;

/** Gathers chunks, without a copy, for one write each 256 KiB. `flush` at the end. Not for concurrent calls. */
export function inBlocks(write: (chunks: readonly Buffer[]) => Promise<void>) {
  let gathered: Buffer[] = [];
  let bytes = 0;
  const flush = async () => {
    const chunks = gathered;
    gathered = [];
    bytes = 0;
    if (chunks.length > 0) await write(chunks);
  };
  return {
    flush,
    async write(chunk: Buffer): Promise<void> {
      gathered.push(chunk);
      bytes += chunk.length;
      if (bytes >= BLOCK || gathered.length === MOST_CHUNKS) await flush();
    },
  };
}
