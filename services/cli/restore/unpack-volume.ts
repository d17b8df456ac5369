import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, lchown, lutimes, mkdir, open, rm, symlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { descend, errnoOf, type Folder, openFolder } from '../../../shared/volume/folder.ts';
import { setMode } from '../../../shared/volume/layout.ts';
import { volumeProblem } from '../../../shared/volume/volume-error.ts';
import type { ArchivedEntry } from '../backup/archive/open-archive.ts';
import type { TarEntry } from '../backup/archive/tar-entry.ts';

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** No setuid: nothing of a workspace is ever to run as somebody else. */
const MODES = 0o3777;

/**
 * Puts files of an archive into a folder, with modes and times; with owners where this process is root, who alone may give
 * them. Folders are entered one by one and never through a link. A path that comes again replaces what came before.
 */
export class VolumeUnpacker {
  readonly #root: string;
  readonly #folders: TarEntry[] = [];
  readonly #owns = process.getuid?.() === 0;
  #top: TarEntry | undefined;
  files = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** @throws SurfacesError `volume_full`, `volume_unwritable`. */
  async put(entry: ArchivedEntry): Promise<void> {
    const names = namesOf(entry);
    const name = names.pop();
    if (!name) {
      this.#top = entry;
      return;
    }
    try {
      await using folder = await descend(this.#root, names);
      if (entry.kind === 'folder') await this.#putFolder(folder.at(name), entry);
      else if (entry.kind === 'link') await this.#putLink(folder.at(name), entry);
      else await this.#putFile(folder, name, entry);
    } catch (error) {
      throw volumeProblem(error, 'the volume') ?? error;
    }
  }

  /**
   * Modes of folders, which would have been in the way, and then everything onto the disk.
   * @param made the volume’s own folder, where it was made for this: it gets the mode and owner that it had.
   */
  async finish(made?: string): Promise<void> {
    for (const entry of this.#folders.toReversed()) {
      await using folder = await descend(this.#root, namesOf(entry));
      await this.#dress(folder.handle, entry);
    }
    if (made !== undefined && this.#top) {
      await using volume = await openFolder(made);
      await this.#dress(volume.handle, this.#top);
    }
    // One call for all of the files; what a system without it has, it writes by itself within seconds.
    await promisify(execFile)('sync').catch(() => undefined);
  }

  async #putFolder(path: string | Buffer, entry: TarEntry): Promise<void> {
    await mkdir(path, 0o700);
    this.#folders.push(entry);
  }

  async #putLink(path: string | Buffer, { target = '', uid, gid, mtimeMs }: TarEntry): Promise<void> {
    await symlink(Buffer.from(target, 'latin1'), path);
    if (this.#owns) await lchown(path, uid, gid);
    await lutimes(path, mtimeMs / 1000, mtimeMs / 1000);
  }

  async #putFile(folder: Folder, name: Buffer, entry: ArchivedEntry): Promise<void> {
    const path = folder.at(name);
    const create = () => open(path, NEW, 0o600);
    await using file = await create().catch(async (error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
      await rm(path);
      this.files -= 1;
      return create();
    });
    for await (const chunk of entry.content())
      for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
    await this.#dress(file, entry);
    this.files += 1;
  }

  /** The owner before the mode, since it takes setgid away. */
  async #dress(handle: FileHandle, { uid, gid, mode, mtimeMs }: TarEntry): Promise<void> {
    if (this.#owns) await handle.chown(uid, gid);
    await setMode(handle, mode & MODES);
    await handle.utimes(mtimeMs / 1000, mtimeMs / 1000);
  }
}

/** The way beneath `volume/`. */
function namesOf({ path }: TarEntry): Buffer[] {
  return path
    .split('/')
    .slice(1)
    .map((name) => Buffer.from(name, 'latin1'));
}
