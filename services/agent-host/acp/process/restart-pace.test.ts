import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RestartPace } from './restart-pace.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

describe('the pause before the next start', () => {
  test('doubles with each failure, up to the longest', () => {
    const pace = new RestartPace(1_000, 60_000);
    const pauses = Array.from({ length: 8 }, () => {
      pace.failedToStart();
      return pace.waitMs;
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  test('is none after one crash, and none any more once a turn was answered', () => {
    const pace = new RestartPace(1_000, 60_000);
    expect(pace.waitMs).toBe(0);
    pace.crashed();
    expect(pace.waitMs).toBe(0);
    pace.crashed();
    expect(pace.waitMs).toBe(1_000);
    pace.works();
    expect(pace.waitMs).toBe(0);
  });

  test('passes', () => {
    const pace = new RestartPace(1_000, 60_000);
    pace.failedToStart();
    vi.advanceTimersByTime(600);
    expect(pace.waitMs).toBe(400);
    vi.advanceTimersByTime(600);
    expect(pace.waitMs).toBe(0);
  });
});
