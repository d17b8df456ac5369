import type { Scenario } from './live-through.ts';
import { NO_FAULTS } from './world.ts';

/** Everything goes wrong all the time, and the sweeper is there. */
export const chaos = (seed: number): Scenario => ({
  seed,
  lanes: 5,
  pages: 25,
  workers: 3,
  ingresses: 2,
  faults: { cut: 0.06, stall: 0.01, refuse: 0.15, wakeLost: 0.2, kill: 0.01 },
  longRuns: 0.15,
  deadlyEvery: 0,
  sweeps: true,
  leaseMs: 300,
  patienceMs: 8_000,
});

/** Nothing goes wrong, many work at few lanes, and nobody sweeps: a single lost wake would leave a lane behind. */
export const hammer = (seed: number): Scenario => ({
  seed,
  lanes: 3,
  pages: 60,
  workers: 5,
  ingresses: 1,
  faults: NO_FAULTS,
  longRuns: 0.15,
  deadlyEvery: 0,
  sweeps: false,
  leaseMs: 8_000,
  patienceMs: 4_000,
});

/** Workers stand still again and again, at long items: what a paused one had begun arrives while another is at it. */
export const pauses = (seed: number): Scenario => ({
  ...chaos(seed),
  faults: { ...NO_FAULTS, stall: 0.06 },
  longRuns: 0.9,
  workers: 4,
});

/**
 * Some items kill whoever runs them, and with it what runs beside them in the one process that there is: they end with an
 * error, and nothing else does.
 */
export const deadly = (seed: number): Scenario => ({
  ...chaos(seed),
  workers: 1,
  faults: { ...NO_FAULTS, cut: 0.03, refuse: 0.1, wakeLost: 0.1 },
  longRuns: 0.9,
  deadlyEvery: 25,
  patienceMs: 20_000,
});

export const SCENARIOS = { chaos, hammer, pauses, deadly };
