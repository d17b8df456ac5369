import type { OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';

/** Bytes of one read: as many as libuv asks for itself. More are no faster, since they leave the processor's cache. */
const SIZE = 64 * 1024;
/** How many lie ready for the next reads: 4 MiB, in a process that received much. */
const MOST_FREE = 64;

type Loan = { readonly memory: Buffer; filled: number; returned: number };

const free: Loan[] = [];
const loans = new WeakMap<ArrayBufferLike, Loan>();

/**
 * The `onread` of a socket that reads into memory which comes back: new memory for each read of a large file costs more
 * (the pages are cleared, the collector runs) than the reading.
 * @param socket whose reads these are; asked for after it has connected.
 */
export function intoReceiveBuffers(socket: () => Duplex): OnReadOpts {
  return {
    buffer: lend,
    callback(bytes, memory) {
      const loan = loans.get(memory.buffer) as Loan;
      loan.filled = bytes;
      return socket().push(loan.memory.subarray(0, bytes));
    },
  };
}

/**
 * Gives the memory of received bytes back, for the next read to write into. Whoever does not, has it for good: it is
 * collected as any other. Each byte at most once, and nobody looks at it afterwards.
 *
 * Used again is only what came back whole: of memory that also held headers, or pieces of something else, nothing.
 */
export function giveBack(chunk: Uint8Array): void {
  const loan = loans.get(chunk.buffer);
  if (!loan) return;
  loan.returned += chunk.length;
  if (loan.returned === loan.filled && free.length < MOST_FREE) free.push(loan);
}

function lend(): Buffer {
  const loan = free.pop() ?? newLoan();
  loan.filled = 0;
  loan.returned = 0;
  return loan.memory;
}

function newLoan(): Loan {
  const loan = { memory: Buffer.allocUnsafeSlow(SIZE), filled: 0, returned: 0 };
  loans.set(loan.memory.buffer, loan);
  return loan;
}
