import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TooMuch, TurnLimits } from './turn-limits.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());
/** Lets what was waited for go on. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('the time of a turn', () => {
  test('is over when it is over', () => {
    const { signal } = new TurnLimits(1_000, 5);
    vi.advanceTimersByTime(999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({ code: 'internal', message: 'The turn took longer than 1 s.' });
  });

  test('stands still while anybody is asked, however many are', async () => {
    const limits = new TurnLimits(1_000, 5);
    const one = Promise.withResolvers<void>();
    const two = Promise.withResolvers<void>();
    vi.advanceTimersByTime(600);
    void limits.standStillFor(one.promise);
    vi.advanceTimersByTime(5_000);
    void limits.standStillFor(two.promise);
    vi.advanceTimersByTime(5_000);
    one.resolve();
    await settle();
    vi.advanceTimersByTime(5_000);
    two.resolve();
    await settle();
    vi.advanceTimersByTime(399);
    expect(limits.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(limits.signal.aborted).toBe(true);
  });

  test('is nobody’s any more once it is stopped, also for those who answer later', async () => {
    const limits = new TurnLimits(1_000, 5);
    const asked = Promise.withResolvers<void>();
    void limits.standStillFor(asked.promise);
    limits.stop();
    asked.resolve();
    await settle();
    vi.advanceTimersByTime(10_000);
    expect(limits.signal.aborted).toBe(false);
  });
});

test('calls and messages are counted apart, and one too many is too much', () => {
  const limits = new TurnLimits(1_000, 3);
  for (let time = 0; time < 3; time += 1) {
    limits.count('calls');
    limits.count('messages');
  }
  expect(limits.signal.aborted).toBe(false);
  limits.count('messages');
  expect(limits.signal.reason).toBeInstanceOf(TooMuch);
});
