import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { type Folder, PINS_FOLDERS } from './folder.ts';
import { PRIVATE_FILE_MODE, setMode } from './layout.ts';
import { volumeProblem } from './volume-error.ts';

/** What was written, whole: its size in bytes and the SHA-256 of its content in hex. */
export type Written = { readonly size: number; readonly sha256: string };

/** Only ever a new inode: one that is there may be linked elsewhere, be a FIFO, or be a link. */
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Bytes. */
const SYNC_EVERY = 32 * 1024 ** 2;
/** One in a process: each takes one of the few threads that also read and write. */
let syncsEarly = false;

/**
 * A file that is being written under a name nobody looks at, and counted and hashed on the way. Nobody but the bot may open
 * it until it is whole. `discard` in a `finally`: it does nothing to one that has got its name. Not for concurrent calls.
 * Everything but `discard` throws SurfacesError `volume_full` or `volume_unwritable`.
 */
export class PartFile {
  readonly #folder: Folder;
  readonly #name: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  readonly #durable: boolean;
  #size = 0;
  #synced = 0;
  #early: Promise<void> = Promise.resolve();
  #open = true;
  #named = true;

  private constructor(folder: Folder, name: string, handle: FileHandle, durable: boolean) {
    this.#durable = durable;
    this.#folder = folder;
    this.#name = name;
    this.#handle = handle;
  }

  /**
   * @param name one that is new: a second process that tries the same must not write into ours. Ends in `.part`.
   * @param durable whether `finish` waits until the content is on the disk.
   */
  static async create(folder: Folder, name: string, { durable = true } = {}): Promise<PartFile> {
    return mapped(async () => new PartFile(folder, name, await open(folder.at(name), NEW, PRIVATE_FILE_MODE), durable));
  }

  /** Bytes written up to now. */
  get size(): number {
    return this.#size;
  }

  /**
   * For this process and its children to read what was written up to now: on Linux the very file, whatever the agent does to
   * its name. Until it is discarded or has its name.
   */
  get readPath(): string {
    return PINS_FOLDERS ? `/proc/${process.pid}/fd/${this.#handle.fd}` : this.path.toString();
  }

  /** Where it lies, for `link`. */
  get path(): string | Buffer {
    return this.#folder.at(this.#name);
  }

  /** All of them, in their order. Nobody changes them meanwhile. */
  async write(...chunks: readonly Uint8Array[]): Promise<void> {
    const written = mapped(() => this.#writeAll(chunks));
    // While a thread writes.
    for (const chunk of chunks) {
      this.#hash.update(chunk);
      this.#size += chunk.length;
    }
    await written;
    this.#syncEarly();
  }

  /** A call writes less than it is given where the disk is nearly full, or a signal comes. */
  async #writeAll(chunks: readonly Uint8Array[]): Promise<void> {
    for (let left = chunks; left.length > 0; ) {
      const { bytesWritten } = await this.#handle.writev(left);
      left = behind(left, bytesWritten);
    }
  }

  /** Lets the disk begin while more comes in, so that `finish` waits for little. What goes wrong, goes wrong there again. */
  #syncEarly(): void {
    if (!this.#durable || syncsEarly || this.#size - this.#synced < SYNC_EVERY) return;
    this.#synced = this.#size;
    syncsEarly = true;
    this.#early = this.#handle
      .datasync()
      .catch(() => {})
      .finally(() => {
        syncsEarly = false;
      });
  }

  /** Sets the mode, and waits until the content is on the disk if it is to be. Nothing is written after it. */
  async finish(mode: number): Promise<Written & { readonly stats: BigIntStats }> {
    return mapped(async () => {
      await setMode(this.#handle, mode);
      if (this.#durable) await this.#handle.datasync();
      const stats = await this.#handle.stat({ bigint: true });
      return { size: this.#size, sha256: this.#hash.digest('hex'), stats };
    });
  }

  /** Gives it its name, in place of whatever had it. */
  async renameTo(name: string): Promise<void> {
    await mapped(async () => {
      await rename(this.path, this.#folder.at(name));
      this.#named = false;
      await this.#folder.handle.sync();
    });
  }

  /** Closes it and takes its name away. May be called twice, never throws: what stays behind is found by age. */
  async discard(): Promise<void> {
    await this.#early;
    if (this.#open) await this.#handle.close().catch(() => undefined);
    this.#open = false;
    if (this.#named) await unlink(this.path).catch(() => undefined);
    this.#named = false;
  }
}

/** What is left of chunks without their first bytes. */
function behind(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let done = bytes;
  let next = 0;
  for (let chunk = chunks[0]; chunk && chunk.length <= done; chunk = chunks[++next]) done -= chunk.length;
  const [first, ...rest] = chunks.slice(next);
  return first ? [first.subarray(done), ...rest] : [];
}

async function mapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SurfacesError ? error : (volumeProblem(error) ?? error);
  }
}
