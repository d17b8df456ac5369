import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { codeOf } from '../../../../shared/errors/surfaces-error.ts';
import type { Log } from '../../../../shared/runtime/log.ts';
import { sleep } from '../../../../shared/time/time.ts';
import { makeFolder, OUTBOX } from '../../../../shared/volume/layout.ts';
import { openResting } from '../../../../shared/volume/open-beneath.ts';
import { isUnchanged } from '../../../../shared/volume/plain-file.ts';
import { walkFiles } from '../../../../shared/volume/walk.ts';
import type { AgentTurn } from '../../adapter.ts';
import { blocksOf } from '../../tools/read-bytes.ts';
import { typeByName } from '../../tools/type-by-name.ts';

/** Files that one turn offers; entries of the folder that are looked at. */
const FILES = 50;
const ENTRIES = 10_000;
/** What can be hashed in a second or two; the surface sends less. */
const BYTES = 1024 ** 3;
/** Milliseconds without a change after which a file counts as written, and how often that is waited for at a turn's end. */
const QUIET = 250;
const WAITS = 8;

type Parts = Pick<AgentTurn, 'workspace' | 'offer' | 'emit'> & { readonly signal: AbortSignal; readonly log: Log };
type Found = { readonly state: string; readonly changedMs: number };

/**
 * What an agent leaves in `outbox/`, which is how it gives files: the protocol has no other way. Files that are new or changed
 * since the turn began are offered, no links, no dot files, each once it is quiet.
 */
export class Outbox {
  readonly #parts: Parts;
  /** By path: its state when it was last offered, or when the turn began. */
  readonly #known: Map<string, string>;
  readonly #hashes = new Map<string, string>();
  #looking: Promise<void> = Promise.resolve();
  #offered = 0;
  #isFull = false;

  private constructor(parts: Parts, known: Map<string, string>) {
    this.#parts = parts;
    this.#known = known;
  }

  /** Remembers what is there. The folder is made, so that agents find it. */
  static async watch(parts: Parts): Promise<Outbox> {
    // Whatever has its name instead is not followed, and the turn goes on.
    await makeFolder(join(parts.workspace, OUTBOX)).catch(() => {});
    const found = await scan(parts);
    return new Outbox(parts, new Map([...found].map(([path, { state }]) => [path, state])));
  }

  /** Looks without being waited for: after a tool call. */
  look(): void {
    void this.#inOrder(1);
  }

  /** Looks for the last time in this turn, and waits a little for what is being written. Never throws. */
  async finish(): Promise<void> {
    const unfinished = await this.#inOrder(WAITS);
    if (unfinished.length === 0 || this.#parts.signal.aborted) return;
    const names = unfinished.map((path) => basename(path)).join(', ');
    const text = `Not sent, since it is still being written: ${names}`.slice(0, 8_000);
    this.#parts.emit({ type: 'notice', severity: 'warning', text });
  }

  #inOrder(waits: number): Promise<string[]> {
    const work = this.#looking.then(() => this.#offerChanged(waits));
    this.#looking = work.then(() => {});
    return work;
  }

  /** @returns the paths of those that are not quiet yet. */
  async #offerChanged(waits: number): Promise<string[]> {
    const { signal, log } = this.#parts;
    try {
      for (let wait = 0; ; wait += 1) {
        const unquiet: string[] = [];
        for (const [path, { state, changedMs }] of await scan(this.#parts)) {
          if (signal.aborted) return [];
          if (this.#known.get(path) === state) continue;
          if (isFresh(changedMs) || !(await this.#offer(path, state))) unquiet.push(path);
        }
        if (unquiet.length === 0 || wait === waits) return unquiet;
        await sleep(QUIET, signal);
      }
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'the outbox of an agent cannot be read');
      return [];
    }
  }

  /** @returns false for one that changes while it is read. */
  async #offer(path: string, state: string): Promise<boolean> {
    const { workspace, offer, signal, log } = this.#parts;
    if (this.#offered >= FILES) {
      this.#tellFull();
      return true;
    }
    try {
      const { file, state: stats } = await openResting(workspace, path);
      await using _ = file;
      const hash = createHash('sha256');
      for await (const block of blocksOf(file, Math.min(BYTES, Number(stats.size)), signal)) hash.update(block);
      if (!isUnchanged(stats, await file.stat({ bigint: true }))) return false;
      this.#known.set(path, state);
      const sha256 = hash.digest('hex');
      // Written again as it was.
      if (this.#hashes.get(path) === sha256) return true;
      this.#hashes.set(path, sha256);
      this.#offered += 1;
      const name = basename(path);
      offer({ path, name, mime_type: typeByName(name), size: Number(stats.size), sha256 });
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      if (codeOf(error) === 'file_changed') return false;
      log.warn({ err: error }, 'a file in the outbox of an agent cannot be offered');
      this.#known.set(path, state);
      return true;
    }
  }

  #tellFull(): void {
    if (this.#isFull) return;
    this.#isFull = true;
    const text = `Only the first ${FILES} files of this turn are sent; the others stay in ${OUTBOX}/.`;
    this.#parts.emit({ type: 'notice', severity: 'warning', text });
  }
}

/** Times in the future are of no clock of ours. */
function isFresh(changedMs: number): boolean {
  const age = Date.now() - changedMs;
  return age >= 0 && age < QUIET;
}

/** The files of the outbox that could be offered, by their paths in the workspace. */
async function scan({ workspace, signal }: Pick<Parts, 'workspace' | 'signal'>): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  await walkFiles(join(workspace, OUTBOX), {
    dotted: false,
    mostEntries: ENTRIES,
    signal,
    onFile({ way, name, stats }) {
      const path = [OUTBOX, ...[...way, name].map((part) => part.toString())].join('/');
      // Not text, not a name of one file only, or one that no offer can carry.
      if (path.includes('\uFFFD') || path.includes('\\') || path.length > 512 || stats.nlink !== 1n) return;
      const { ino, size, mtimeNs, mtimeMs } = stats;
      found.set(path, { state: `${ino} ${size} ${mtimeNs}`, changedMs: Number(mtimeMs) });
    },
  });
  return found;
}
