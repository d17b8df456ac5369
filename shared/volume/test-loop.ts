import type * as Fs from 'node:fs';
import { Worker } from 'node:worker_threads';

type Data = Readonly<Record<string, string>>;

const LOOP = `
  const fs = require('node:fs');
  const { data, state, turn } = require('node:worker_threads').workerData;
  const flags = new Int32Array(state);
  const work = eval('(' + turn + ')');
  while (Atomics.load(flags, 0) === 0) {
    if (work(fs, data) === false) Atomics.add(flags, 2, 1);
    Atomics.add(flags, 1, 1);
    Atomics.notify(flags, 1);
  }
`;

export type Loop = AsyncDisposable & {
  readonly turns: () => number;
  /** How often `turn` returned false. */
  readonly bad: () => number;
};

/**
 * An adversary: does `turn` again and again in a thread of its own, as fast as it can, until it is disposed of. It has begun when
 * this returns.
 * @param turn is sent as its source text: it knows its parameters, and nothing else.
 */
export async function loop(data: Data, turn: (fs: typeof Fs, data: Data) => unknown): Promise<Loop> {
  const state = new SharedArrayBuffer(12);
  const flags = new Int32Array(state);
  const worker = new Worker(LOOP, { eval: true, workerData: { data, state, turn: turn.toString() } });
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
  const begun = Atomics.waitAsync(flags, 1, 0, 10_000);
  await Promise.race([ended, begun.value]);
  return {
    turns: () => Atomics.load(flags, 1),
    bad: () => Atomics.load(flags, 2),
    async [Symbol.asyncDispose]() {
      Atomics.store(flags, 0, 1);
      await ended;
    },
  };
}
