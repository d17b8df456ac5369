import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { turnsServed } from './turns-served.ts';

const TWO = { since: 0, workers: 2 };

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'turns-served-'));
  mkdirSync(join(home, 'logs'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A run of a turn; seconds from the beginning of the test's time. */
type Run = { event: string; room: string; from: number; to: number };

function wrote(worker: number, ...runs: Run[]): void {
  const lines = runs.map(({ event, room, from, to }) =>
    JSON.stringify({
      ...{ time: new Date(to * 1000).toISOString(), instance: `turn-worker-${worker}`, msg: 'turn ended' },
      ...{ event, room, total_ms: (to - from) * 1000, epoch: 3 },
    }),
  );
  const others = ['{"msg":"a line about nothing of this"}', 'no JSON'];
  writeFileSync(join(home, 'logs', `turn-worker-${worker}.log`), [...others, ...lines, ''].join('\n'));
}

test('turns of two workers, one after the other in each room, are each served once', () => {
  wrote(1, { event: '$1', room: 'a', from: 0, to: 4 }, { event: '$2', room: 'b', from: 1, to: 5 });
  wrote(2, { event: '$3', room: 'a', from: 4, to: 8 });
  expect(turnsServed(home, ['$1', '$2', '$3'], TWO)).toEqual({ once: 3, overlaps: 0, least: 1 / 3 });
});

test('a turn that two workers ran, and one that nobody ended, are not served once', () => {
  wrote(1, { event: '$1', room: 'a', from: 0, to: 4 });
  wrote(2, { event: '$1', room: 'a', from: 5, to: 9 });
  expect(turnsServed(home, ['$1', '$2'], TWO).once).toBe(0);
});

test('a turn that begins before the one before it in its room has ended is told', () => {
  wrote(1, { event: '$1', room: 'a', from: 0, to: 4 });
  wrote(2, { event: '$2', room: 'a', from: 3, to: 7 });
  expect(turnsServed(home, ['$1', '$2'], TWO).overlaps).toBe(1);
});

test('the shares of the workers are of the time that is asked for, and turns of nobody’s questions do not count', () => {
  wrote(1, { event: '$1', room: 'a', from: 0, to: 4 }, { event: '$2', room: 'a', from: 10, to: 14 });
  wrote(2, { event: '$3', room: 'b', from: 10, to: 14 }, { event: '$other', room: 'b', from: 14, to: 18 });
  expect(turnsServed(home, ['$1', '$2', '$3'], { since: 9_000, workers: 2 })).toMatchObject({ once: 3, least: 0.5 });
  expect(turnsServed(home, ['$1', '$2', '$3'], { since: 9_000, workers: 3 }).least).toBe(0);
});
