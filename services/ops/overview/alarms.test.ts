import { describe, expect, test } from 'vitest';
import { ALERTS } from '../../../shared/runtime/alerts/alerts.ts';
import { alarmsOf } from './alarms.ts';
import { MEASURES } from './measures.ts';
import type { Sample } from './sample.ts';
import { testHistories } from './test-histories.ts';
import { TILES_OF_PARTS } from './tiles-of-parts.ts';
import { TILES_OF_WORK } from './tiles-of-work.ts';

const NAMES = ALERTS.map(({ name }) => name).sort();

test('each alert is measured here too, and nothing else is', () => {
  expect(Object.keys(MEASURES).sort()).toEqual(NAMES);
});

test('each alert stands on one tile', () => {
  expect([...TILES_OF_WORK, ...TILES_OF_PARTS].flatMap(({ alerts }) => alerts).sort()).toEqual(NAMES);
});

describe('what Prometheus would say of the same history', () => {
  const histories = testHistories();

  test.each(histories)('$name', ({ samples, expected }) => {
    const verdicts = expected.map(({ atMs }) => {
      const firing = alarmsOf(samples.filter(({ at }) => at <= atMs)).filter(({ fires }) => fires);
      const byName = Object.groupBy(firing, ({ alert }) => alert.name);
      return { atMs, firing: Object.fromEntries(Object.entries(byName).map(([name, all]) => [name, all!.length])) };
    });
    expect(verdicts).toEqual(expected);
  });

  test('is asked of all alerts', () => {
    expect(
      [...new Set(histories.flatMap(({ expected }) => expected.flatMap(({ firing }) => Object.keys(firing))))].sort(),
    ).toEqual(NAMES);
  });
});

describe('an alarm', () => {
  const sample = (at: number, more: Partial<Sample> = {}): Sample => ({
    ...{ at, until: at, known: true, added: {}, processes: {} },
    values: { surfaces_ingress_active: { '': 1 }, surfaces_lane_oldest_idle_seconds: { '': 100 } },
    ...more,
  });
  const times = (count: number, from = 0) => Array.from({ length: count }, (_, index) => sample(from + index * 15_000));

  test('tells since when, and is watched until its time has come', () => {
    expect(alarmsOf(times(8))).toMatchObject([
      { alert: { name: 'SurfacesMessagesWait' }, since: 0, fires: false, value: 100 },
    ]);
    expect(alarmsOf(times(9))).toMatchObject([{ since: 0, fires: true }]);
  });

  test('begins anew behind a time of which nothing is known', () => {
    expect(alarmsOf([...times(9), ...times(3, 300_000)])).toMatchObject([{ since: 300_000, fires: false }]);
  });

  test('is none of processes and queues while Redis does not tell of them', () => {
    expect(alarmsOf([sample(0, { known: false, values: {} })])).toEqual([]);
  });
});
