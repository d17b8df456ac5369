import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFolder } from '../../../shared/volume/folder.ts';
import { ownFiles } from '../reset/own-files.ts';

/** Within AGENTS_DIR, which may be a mount of its own: beside it would be another file system. No session has such a name. */
const FOLDER = '.restoring';

/**
 * A volume that changes places with another one, as far as renames can: `new` is filled, then what is there goes to `old`, then
 * what is in `new` comes up. Which of the two the volume is stands in the database, whose commit comes after this: where it
 * came to pass, `old` is removed, and where it did not, `old` comes back. Each step may be interrupted and repeated.
 */
export class VolumeSwap {
  readonly #agentsDir: string;
  readonly #folder: string;
  readonly #old: string;
  /** Where the new files go. */
  readonly fresh: string;
  /** There from when nothing of the old is in its place any more until nothing of the new is. */
  readonly #aside: string;
  readonly #note: string;

  constructor(agentsDir: string) {
    this.#agentsDir = agentsDir;
    this.#folder = join(agentsDir, FOLDER);
    this.#old = join(this.#folder, 'old');
    this.fresh = join(this.#folder, 'new');
    this.#aside = join(this.#folder, 'old-is-aside');
    this.#note = join(this.#folder, 'mark');
  }

  /** @param mark under which the database will know whether it came to pass. */
  async begin(mark: string): Promise<void> {
    await mkdir(this.#folder, 0o700);
    await writeFile(this.#note, mark, { flush: true });
    await mkdir(this.#old, 0o700);
    await mkdir(this.fresh, 0o700);
  }

  async swapIn(): Promise<void> {
    for (const name of await this.#inPlace()) await rename(join(this.#agentsDir, name), join(this.#old, name));
    await this.#sync(this.#old);
    await writeFile(this.#aside, '', { flush: true });
    for (const name of await readdir(this.fresh)) await rename(join(this.fresh, name), join(this.#agentsDir, name));
    await this.#sync(this.#agentsDir);
  }

  /** The database has it. */
  async finish(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The database does not have it, and never will. */
  async undo(): Promise<void> {
    if (!existsSync(this.#folder)) return;
    if (existsSync(this.#aside)) {
      for (const name of await this.#inPlace()) await rm(join(this.#agentsDir, name), { recursive: true, force: true });
      await rm(this.#aside);
      await this.#sync(this.#folder);
    }
    const old = existsSync(this.#old) ? await readdir(this.#old) : [];
    for (const name of old) await rename(join(this.#old, name), join(this.#agentsDir, name));
    await this.#sync(this.#agentsDir);
    await this.finish();
  }

  /**
   * Ends what a killed process has begun, one way or the other.
   * @param mark the one that the database has. @returns whether a restore had come to pass.
   */
  async recover(mark: string | undefined): Promise<boolean> {
    const note = await readFile(this.#note, 'utf8').catch(() => undefined);
    const done = note !== undefined && note !== '' && note === mark;
    await (done ? this.finish() : this.undo());
    return done;
  }

  async #inPlace(): Promise<string[]> {
    const { folders, workspaces } = await ownFiles(this.#agentsDir);
    return [...folders, ...workspaces];
  }

  async #sync(path: string): Promise<void> {
    await using folder = await openFolder(`${path}/.`);
    await folder.handle.sync();
  }
}
