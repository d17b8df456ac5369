import { describe, expect, test } from 'vitest';
import type { Presence } from '../../../shared/queue/presence.ts';
import { addedSince, countedBy, gatherValues, statesOf } from './sample.ts';
import { quantile } from './window.ts';

const at = 1_000_000;
const process = (instance: string, metrics: Presence['metrics'], more: Partial<Presence> = {}): Presence => ({
  ...{ role: 'turn-worker', instance, host: 'box', pid: 1, version: '1', revision: '', started: at - 60_000, at },
  ...{ reasons: [], draining: false, lagSeconds: 0.1, cpuShare: 0, rssBytes: 0, metrics },
  ...more,
});
const counted = (...there: Presence[]) => countedBy({ there, vanished: [] });
const turns = (done: number) => ({ surfaces_turns_total: { 'code=,state=done': done } });

test('gauges are gathered as each wants it', () => {
  const metrics = (busy: number, rate: number, free: number) => ({
    surfaces_wakes_running: { 'queue=turns': busy },
    surfaces_matrix_budget_rate: { '': rate },
    surfaces_volume_free_bytes: { '': free },
    surfaces_turns_total: { 'code=,state=done': 1 },
  });
  expect(
    gatherValues({ there: [process('1', metrics(2, 0, 50)), process('2', metrics(3, 4, 40))], vanished: [] }),
  ).toEqual({
    surfaces_wakes_running: { 'queue=turns': 5 },
    surfaces_matrix_budget_rate: { '': 4 },
    surfaces_volume_free_bytes: { '': 40 },
  });
});

describe('what was counted since the last sample', () => {
  const before = counted(process('1', turns(100)), process('2', turns(50)));
  const added = (...now: Presence[]) =>
    addedSince(before, at, counted(...now)).surfaces_turns_total?.['code=,state=done'] ?? 0;

  test('is what each process has counted meanwhile', () => {
    expect(added(process('1', turns(103)), process('2', turns(51)))).toBe(4);
  });

  test('is not less because a process is gone', () => {
    expect(added(process('1', turns(103)))).toBe(3);
  });

  test('is all of a process that was started meanwhile, be it under an old name', () => {
    const started = at + 5_000;
    expect(added(process('1', turns(2), { started }), process('3', turns(7), { started }))).toBe(9);
  });

  test('is nothing of an old process that was not seen before', () => {
    expect(added(process('4', turns(1_000)))).toBe(0);
  });
});

test('a worker that an operator has drained is as it is to be; what else it lacks counts', () => {
  const drained = { need: 'work', problem: 'drained', since: '' };
  const away = { need: 'database', problem: 'away', since: '' };
  const readyWith = (reasons: Presence['reasons'], draining = true) =>
    Object.values(statesOf({ there: [process('1', {}, { reasons, draining })], vanished: [] }))[0]!.ready;
  expect([readyWith([drained]), readyWith([drained, away]), readyWith([drained], false)]).toEqual([1, 0, 0]);
});

test('who runs, is ready, or has vanished is known by a name that outlives a restart', () => {
  const reasons = [{ need: 'database', problem: 'away', since: '' }];
  const states = statesOf({
    there: [process('turn-worker-1', {}), process('2', { surfaces_redis_connected: { '': 0 } }, { reasons })],
    vanished: [{ role: 'ops', instance: 'ops-1', host: 'box', pid: 3, seen: at }],
  });
  expect(states).toMatchObject({
    'turn-worker-1 on box': { up: 1, ready: 1, redis: 1 },
    'turn-worker 2 on box': { up: 1, ready: 0, redis: 0 },
    'ops-1 on box': { up: 0 },
  });
});

test.each([
  [0.5, 1],
  [0.95, 9.1],
  [1, 10],
])('a quantile of %d is found within its bucket', (share, value) => {
  const buckets = { 'le=1,phase=words': 5, 'le=10,phase=words': 10, 'le=+Inf,phase=words': 10, 'le=1,phase=total': 90 };
  const added = { surfaces_turn_seconds_bucket: buckets };
  const samples = [{ at, until: at, known: true, values: {}, added, processes: {} }];
  const found = quantile({ samples, last: 0 }, share, 'surfaces_turn_seconds', 10, ({ phase }) => phase === 'words');
  expect(found).toBeCloseTo(value, 5);
});
