/** Numbers that a seed repeats: mulberry32. */
export type Random = {
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  /** A whole number from 0 to below `below`. */
  below(below: number): number;
};

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { chance: (probability) => next() < probability, below: (below) => Math.floor(next() * below) };
}
