import { expect, test } from 'vitest';
import {
  capacityOf,
  capacityOfSends,
  cpuOf,
  editsIn,
  fullAt,
  type Load,
  loadOf,
  type PartCost,
  solveCost,
  together,
} from './scaling-model.ts';

const ANSWER = { thinks: 2, seconds: 10 };
const PART: PartCost = { part: 'x', answer: 0.08, send: 0.012, idle: 0.1, cores: 1 };

const measured = (load: Load, cost = PART) => ({ ...load, cpu: cpuOf(cost, load) });

test('two loads give back the costs that made them', () => {
  const solved = solveCost(measured({ answers: 40, sends: 44 }), measured({ answers: 25, sends: 270 }));
  expect(solved.answer).toBeCloseTo(PART.answer, 9);
  expect(solved.send).toBeCloseTo(PART.send, 9);
});

test('a cost that is too small to be measured is nothing, and the other one is all there is', () => {
  const few = { answers: 40, sends: 40 };
  const many = { answers: 25, sends: 250 };
  expect(solveCost({ ...few, cpu: 0.4 }, { ...many, cpu: 0.2 })).toEqual({ answer: 0.01, send: 0 });
  expect(solveCost({ ...few, cpu: 0.01 }, { ...many, cpu: 0.5 })).toEqual({ answer: 0, send: 0.002 });
  expect(solveCost({ ...few, cpu: -0.01 }, { ...many, cpu: -0.01 })).toEqual({ answer: 0, send: 0 });
});

test('an answer has as many edits as its pace allows: fewer a second the longer it is, and never more than its cap', () => {
  expect(editsIn(0.5)).toBe(0);
  expect(editsIn(2)).toBe(2);
  expect(editsIn(10) / 10).toBeGreaterThan(editsIn(60) / 60);
  expect(editsIn(100_000, 30)).toBeLessThan(30);
});

test('a part is full where its answers take the share that is given of its cores, beside what it takes idle', () => {
  const { answersPerSecond, roomsAtOnce, roomsOrdinary } = capacityOf(PART, ANSWER, 0.7);
  expect(PART.idle + answersPerSecond * cpuOf(PART, loadOf(ANSWER))).toBeCloseTo(0.7);
  // Each answer is under way for twelve seconds; an ordinary room asks sixty times an hour.
  expect(roomsAtOnce).toBeCloseTo(12 * answersPerSecond);
  expect(roomsOrdinary).toBeCloseTo(60 * answersPerSecond);
});

test('a part that is full already in idleness has no room for an answer', () => {
  expect(capacityOf({ ...PART, idle: 0.9 }, ANSWER, 0.7).answersPerSecond).toBe(0);
});

test('an account that may send 0.2 events a second takes five seconds for each event of an answer', () => {
  const { sends } = loadOf(ANSWER);
  expect(sends).toBeGreaterThan(10);
  expect(1 / capacityOfSends('account', 0.2, ANSWER).answersPerSecond).toBeCloseTo(sends * 5);
});

test('on one machine all parts share its cores', () => {
  const part = { ...PART, idle: 0 };
  const alone = fullAt(part, loadOf(ANSWER), 1);
  expect(fullAt(together([part, part, part], 2), loadOf(ANSWER), 1)).toBeCloseTo((alone * 2) / 3);
});
