import { createHash, type Hash } from 'node:crypto';
import { readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

/** What the thread is told of a file: how many bytes it has, and perhaps that there will not be more. */
export type Order = {
  readonly id: number;
  /** Threads of a process share their descriptors. */
  readonly fd: number;
  readonly size: number;
  readonly last?: 'digest' | 'drop';
};
/** `sha256` in hex, null for a file that was dropped. */
export type Answer = { readonly id: number; readonly sha256: string | null };

const block = Buffer.allocUnsafe(1024 ** 2);
const files = new Map<number, { readonly hash: Hash; at: number }>();

parentPort?.on('message', ({ id, fd, size, last }: Order) => {
  const file = files.get(id) ?? { hash: createHash('sha256'), at: 0 };
  files.set(id, file);
  if (last !== 'drop') follow(file, fd, size);
  if (!last) return;
  files.delete(id);
  const sha256 = last === 'digest' ? file.hash.digest('hex') : null;
  parentPort?.postMessage({ id, sha256 } satisfies Answer);
});

function follow(file: { readonly hash: Hash; at: number }, fd: number, size: number): void {
  while (file.at < size) {
    const read = readSync(fd, block, 0, Math.min(block.length, size - file.at), file.at);
    if (read === 0) throw new Error('the file is shorter than what was written');
    file.hash.update(block.subarray(0, read));
    file.at += read;
  }
}
