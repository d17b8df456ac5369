const SMALL = 2_000;
const TIMES = 8;

/**
 * How much longer a work takes for one text of 16,000 characters than for eight of 2,000: 1 where it is linear, 8 where
 * it is quadratic. Counted is the thread's CPU, of both turn by turn, so that the machine and its load fall out.
 */
export function growth(work: (text: string) => unknown, bomb: (size: number) => string): number {
  const small = bomb(SMALL);
  const large = bomb(SMALL * TIMES);
  let eight = Number.POSITIVE_INFINITY;
  let one = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let attempt = 0; attempt < 3 || performance.now() - start < 100; attempt++) {
    eight = Math.min(
      eight,
      timeOf(() => {
        for (let n = 0; n < TIMES; n++) work(small);
      }),
    );
    one = Math.min(
      one,
      timeOf(() => work(large)),
    );
  }
  // What takes a few milliseconds is no bomb.
  return one / Math.max(3, eight);
}

/** Milliseconds. */
function timeOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
