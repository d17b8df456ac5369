import { expect, it } from 'vitest';
import { liveThrough } from './live-through.ts';
import { chaos, deadly, hammer, pauses } from './scenarios.ts';

// The same scenarios are what shared/lane/mutations shows to find a broken lane.
const base = Number(process.env.LANE_SEED ?? Date.now() % 100_000);

it.each([base, base + 1, base + 2])(
  'keeps every promise under all faults at once (seed %i)',
  { timeout: 120_000 },
  async (seed) => {
    expect(await liveThrough(chaos(seed))).toEqual([]);
  },
);

it('lets no worker that was paused do harm', { timeout: 120_000 }, async () => {
  expect(await liveThrough(pauses(base))).toEqual([]);
});

it('loses no wake, though nobody sweeps', { timeout: 120_000 }, async () => {
  expect(await liveThrough(hammer(base))).toEqual([]);
});

it('ends what kills whoever runs it, and loses nothing that runs beside it', { timeout: 120_000 }, async () => {
  expect(await liveThrough(deadly(base))).toEqual([]);
});
