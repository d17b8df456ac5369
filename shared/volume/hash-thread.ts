import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Answer, Order } from './hash-worker.ts';

/** A thread costs some 10 MB: it goes when there has been nothing to do for so long. */
const IDLE_MS = 30_000;

type Waiting = { resolve(sha256: string | null): void; reject(error: unknown): void };
type Thread = { readonly worker: Worker; readonly waiting: Map<number, Waiting>; idle?: NodeJS.Timeout };
let thread: Thread | undefined;
let ids = 0;

/**
 * The SHA-256 of a file that is being written, reckoned in a thread of its own, which reads what was written from the page
 * cache: the thread that carries the bytes has no time to spare (a quarter of it went into hashes). One thread a process.
 */
export class FollowingHash {
  readonly #id = ++ids;
  readonly #handle: FileHandle;
  #lost = false;

  /** @param handle open for reading, and to stay so until `digest` or `drop` has resolved. */
  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** The file has so many bytes now, which will not change any more. */
  grown(size: number): void {
    if (!this.#lost) threadNow().worker.postMessage({ id: this.#id, fd: this.#handle.fd, size } satisfies Order);
  }

  /** In hex. To be called once, when nothing more comes. Where the thread has died the file is read here. */
  async digest(size: number): Promise<string> {
    try {
      return (await this.#order({ id: this.#id, fd: this.#handle.fd, size, last: 'digest' })) ?? '';
    } catch {
      this.#lost = true;
      return hashOf(this.#handle, size);
    }
  }

  /** The file is of no interest any more; once this has resolved its handle may be closed. Never throws. */
  async drop(): Promise<void> {
    await this.#order({ id: this.#id, fd: this.#handle.fd, size: 0, last: 'drop' }).catch(() => {});
  }

  #order(order: Order): Promise<string | null> {
    const { worker, waiting } = threadNow();
    return new Promise((resolve, reject) => {
      waiting.set(order.id, { resolve, reject });
      worker.postMessage(order);
    });
  }
}

function threadNow(): Thread {
  if (!thread) {
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url));
    const started: Thread = { worker, waiting: new Map() };
    worker.unref();
    worker.on('message', ({ id, sha256 }: Answer) => {
      started.waiting.get(id)?.resolve(sha256);
      started.waiting.delete(id);
    });
    const ended = (error: unknown) => {
      if (thread === started) thread = undefined;
      for (const { reject } of started.waiting.values()) reject(error);
      started.waiting.clear();
    };
    worker.on('error', ended).on('exit', () => ended(new Error('the thread for hashes has ended')));
    thread = started;
  }
  const used = thread;
  clearTimeout(used.idle);
  used.idle = setTimeout(() => {
    if (used.waiting.size === 0 && thread === used) void used.worker.terminate();
  }, IDLE_MS).unref();
  return used;
}

async function hashOf(handle: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(1024 ** 2);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(block, 0, Math.min(block.length, size - at), at);
    if (bytesRead === 0) throw new Error('the file is shorter than what was written');
    hash.update(block.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest('hex');
}
