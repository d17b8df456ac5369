import type { Scenario } from './live-through.ts';
import { NO_FAULTS } from './world.ts';

/** Everything goes wrong all the time, and the sweeper is there. */
export const chaos = (seed: number): Scenario => ({
  seed,
  lanes: 5,
  pages: 40,
  workers: 3,
  faults: { cut: 0.06, stall: 0.02, refuse: 0.15, wakeLost: 0.2, kill: 0.01 },
  sweeps: true,
  leaseMs: 300,
  drainMs: 20_000,
});

/** Nothing goes wrong, many work at few lanes, and nobody sweeps: a single lost wake would leave a lane behind. */
export const hammer = (seed: number): Scenario => ({
  seed,
  lanes: 3,
  pages: 120,
  workers: 5,
  faults: NO_FAULTS,
  sweeps: false,
  leaseMs: 5_000,
  drainMs: 4_000,
});
