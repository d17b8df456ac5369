import { treeMemory } from './tree-memory.ts';

type Watched = { readonly pid: number };

/** Looks at the memory of processes every few seconds. Without a limit, and without /proc, it does nothing. */
export class MemoryWatch<Process extends Watched> {
  readonly #limitBytes: number | undefined;
  readonly #onBeyond: (process: Process, isFarBeyond: boolean) => void;
  readonly #processes = new Set<Process>();
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param onBeyond is told at each look; far beyond is twice the limit. */
  constructor(
    limitBytes: number | undefined,
    everyMs: number,
    onBeyond: (process: Process, isFarBeyond: boolean) => void,
  ) {
    this.#limitBytes = limitBytes;
    this.#onBeyond = onBeyond;
    if (limitBytes !== undefined) this.#timer = setInterval(() => void this.#look(), everyMs).unref();
  }

  add(process: Process): void {
    this.#processes.add(process);
  }

  delete(process: Process): void {
    this.#processes.delete(process);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    for (const process of this.#processes) {
      const bytes = await treeMemory(process.pid);
      const limit = this.#limitBytes!;
      if (bytes !== undefined && bytes > limit) this.#onBeyond(process, bytes > 2 * limit);
    }
  }
}
