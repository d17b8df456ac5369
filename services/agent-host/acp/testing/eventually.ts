import { expect } from 'vitest';

/** What will be so soon: looked at until it is, on a busy machine as well. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { timeout: 15_000, interval: 20 });
}
