import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Log } from '../../shared/runtime/log.ts';

/** Between two writes, in ms: many events of a fast turn share one. */
const FLUSH_MS = 40;
/** After a write that failed (a full disk). */
const AGAIN_MS = 1_000;

/** The first line of a log. */
export type TurnHeader = { readonly session_id: string; readonly turn_id: string; readonly input_hash: string };

/**
 * The log of one running turn: its header, then one frame to a line, exactly as they were sent. An event is on disk within
 * 50 ms. The first of a while is written in the round of the event loop that sends it: a timer for it would wake the
 * process once more for each frame of a turn.
 */
export class TurnLog {
  readonly #path: string;
  readonly #log: Log;
  #pending: string[] = [];
  #file: FileHandle | undefined;
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
  #wroteAt = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | undefined;
  #failing = false;
  #closed = false;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  append(line: string): void {
    this.#pending.push(line);
    this.#schedule();
  }

  /** Everything appended so far is written (not synced: it outlives the process, not a power cut). */
  async flush(): Promise<void> {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    this.#soon = undefined;
    this.#later = undefined;
    while (this.#writing) await this.#writing;
    if (this.#pending.length === 0) return;
    this.#writing = this.#write();
    await this.#writing;
    this.#writing = undefined;
    if (this.#pending.length > 0 && !this.#closed) this.#schedule();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    await this.#file?.close();
  }

  #schedule(): void {
    if (this.#soon || this.#later || this.#writing) return;
    const wait = this.#failing ? AGAIN_MS : this.#wroteAt + FLUSH_MS - performance.now();
    if (wait <= 0) this.#soon = setImmediate(() => void this.flush());
    else this.#later = setTimeout(() => void this.flush(), wait);
  }

  async #write(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    this.#wroteAt = performance.now();
    try {
      this.#file ??= await open(this.#path, 'a', 0o600);
      await this.#file.appendFile(`${lines.join('\n')}\n`);
      this.#failing = false;
    } catch (error) {
      // The lines stay for the next try. A half-written one is then there twice, and the reader skips the half.
      this.#pending = [...lines, ...this.#pending];
      if (!this.#failing) this.#log.error({ err: error, path: this.#path }, 'the events of a turn cannot be stored');
      this.#failing = true;
    }
  }
}

export type StoredTurn = { readonly header: TurnHeader; readonly frames: string[]; readonly ended: boolean };

/**
 * What a log holds: the frames from seq 1 (`frames[i]` has seq i + 1) as far as they are contiguous, save for those that
 * retention took from its beginning, which are empty.
 * @returns undefined where there is no log, or none that can be read.
 */
export async function readTurn(path: string): Promise<StoredTurn | undefined> {
  let header: TurnHeader | undefined;
  const frames: string[] = [];
  let ended = false;
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const value = parse(line);
      if (!value) continue;
      if (!header) {
        if (typeof value.input_hash !== 'string') return undefined;
        header = value as unknown as TurnHeader;
      } else if (typeof value.seq === 'number' && (value.seq === frames.length + 1 || value.type === 'turn.ended')) {
        while (frames.length < value.seq - 1) frames.push('');
        frames[value.seq - 1] = line;
        ended = value.type === 'turn.ended';
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return header && { header, frames, ended };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
