import { Readable } from 'node:stream';
import { SurfacesError } from '../errors/surfaces-error.ts';

export type SizedSource = {
  /** Called once, when the first piece is asked for; a Readable is destroyed at the end, whatever the end. */
  open(): AsyncIterable<Buffer> | Readable;
  /** Bytes that `open` gives; no more and no fewer. */
  readonly size: number;
};

/** The pieces of a source, which end with `file_changed` before there are more than `size` bytes, or where there are fewer. */
export function exactly({ open, size }: SizedSource): { readonly chunks: AsyncIterable<Buffer>; close(): void } {
  let source: AsyncIterable<Buffer> | undefined;
  async function* chunks(): AsyncGenerator<Buffer> {
    source = open();
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > size) throw new SurfacesError('file_changed', `the file has more than its ${size} bytes`);
      yield chunk;
    }
    if (bytes < size) throw new SurfacesError('file_changed', `the file has ${bytes} bytes in place of ${size}`);
  }
  const close = () => {
    // What hangs in a read would never learn from its iterator that nobody waits any more.
    if (source instanceof Readable) source.destroy();
  };
  return { chunks: chunks(), close };
}
