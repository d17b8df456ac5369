import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { Refused } from '../reset/refused.ts';

/** Whoever reads a backup reads everything that people said. */
const MODE = 0o600;

/**
 * Compresses into a file that has its name only once all of it is on the disk. What a kill leaves is `.<name>.<pid>.part`.
 * @returns its size in bytes. @throws Refused for a name that is taken; whatever `bytes` throws.
 */
export async function writeArchive(path: string, bytes: AsyncIterable<Buffer>, signal: AbortSignal): Promise<number> {
  if (existsSync(path)) throw new Refused(`${path} is there already.`);
  const folder = dirname(path);
  const part = join(folder, `.${basename(path)}.${process.pid}.part`);
  try {
    const file = createWriteStream(part, { flags: 'wx', mode: MODE, flush: true });
    await pipeline(Readable.from(bytes), createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }), file, {
      signal,
    });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await using directory = await open(folder);
  await directory.sync();
  return (await stat(path)).size;
}
